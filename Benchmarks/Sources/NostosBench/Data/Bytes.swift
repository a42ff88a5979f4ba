import Glibc

/// `memcmp`, a prefix before its extensions: negative, zero or positive.
func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    guard let a = left.baseAddress, let b = right.baseAddress else {
        return left.count - right.count
    }
    let order = memcmp(a, b, min(left.count, right.count))
    return order != 0 ? Int(order) : left.count - right.count
}

extension UnsafeRawBufferPointer {
    /// The bytes as a span, valid while what they point into is.
    ///
    /// Unsafe: raw bytes are readable as UInt8; all callers point into mappings or arrays that
    /// outlive the call they pass the span to.
    var byteSpan: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let elements = assumingMemoryBound(to: UInt8.self)
            return _overrideLifetime(Span(_unsafeElements: elements), borrowing: self)
        }
    }

    /// The bytes as C's char array.
    var chars: UnsafePointer<CChar>? {
        baseAddress?.assumingMemoryBound(to: CChar.self)
    }
}

/// The error that ends the benchmark: one line that names the failure and its place.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The failure of a system call, with errno.
func systemFailure(_ operation: String, _ path: String) -> Failure {
    Failure("\(path): \(operation): \(String(cString: strerror(errno)))")
}
