/// The form in which a table holds its keys.
enum KeyForm: UInt8, Sendable {
    /// As they are.
    case bytes
    /// As numbers in the same order, see `KeyCode`.
    case numbers
}
