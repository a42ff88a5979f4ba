/// The unread bytes of an input, in one stretch, so that a row is never in two pieces.
struct InputBuffer {
    /// The bytes at hand; those before ``position`` are read.
    private(set) var bytes: [UInt8] = []
    /// The offset at which the next row begins.
    var position = 0
    /// Whether `bytes` are the last ones.
    private(set) var isAtEnd = false
    /// Whether what is read stays, so that it can be read again from the start.
    var keepsAll = false
    private let input: any ByteInput
    /// The reason for which the input ended after the bytes at hand, which are to be read before it
    /// is reported.
    private var failure: ByteInputError?

    /// An empty buffer before the input's first byte.
    init(_ input: any ByteInput) { self.input = input }

    /// The number of unread bytes.
    var unreadCount: Int { bytes.count - position }

    /// Reads on until half as many unread bytes again are there, or all there are.
    ///
    /// A row that is still not whole then is read from its start again: thanks to the growth each
    /// byte of it is read three times on average, however long it is and however small the pieces
    /// are.
    ///
    /// - Throws: the reason for which the input ended, once the bytes before that have been read:
    ///   otherwise the pieces in which they came would decide how many rows there were.
    mutating func refill() throws(ByteInputError) {
        if let failure { throw failure }
        if !keepsAll {
            bytes.removeSubrange(..<position)
            position = 0
        }
        let count = bytes.count
        let wanted = count + max(1, unreadCount / 2)
        while !isAtEnd, bytes.count < wanted {
            do throws(ByteInputError) {
                isAtEnd = try !input.read(into: &bytes)
            } catch {
                failure = error
                guard bytes.count > count else { throw error }
                return
            }
        }
    }
}
