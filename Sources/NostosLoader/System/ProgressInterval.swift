/// The pace at which long work reports its progress and notices an ``Interruption``.
public enum ProgressInterval {
    /// The number of rows or records between two reports.
    public static let rows = 1024
}
