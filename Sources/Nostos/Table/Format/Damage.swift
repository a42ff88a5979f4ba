/// A place of a table whose bytes are not what was written, and what was found there.
///
/// It is the one error of everything that decodes a table. ``TableReader`` adds the file and the
/// part and throws it on as ``TableError/corrupt(file:part:offset:detail:)``.
struct Damage: Error {
    /// In bytes from the file's start; of ``TableLayout`` from the start of its section.
    let offset: Int
    /// The message: the finding and the expectation.
    let detail: String
}
