extension Timestamp {
    /// The time by the system's clock, in microseconds since 1970.
    public static var now: Int64 { Disk.now() }
}
