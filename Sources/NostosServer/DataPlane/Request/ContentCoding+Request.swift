extension ContentCoding {
    /// The coding that a client prefers by its `Accept-Encoding` (RFC 9110 §12.5.3), or nil where
    /// it wants none; zstd, which costs less, wins among equals.
    static func preferred(_ request: Request, _ bytes: Span<UInt8>) -> ContentCoding? {
        guard request.traits.contains(.acceptEncoding) else { return nil }
        var weights = CodingWeights()
        var lines = FieldLines(request, in: bytes)
        lines.forEachItem("accept-encoding") { item in
            weights.note(item)
            return true
        }
        return weights.preferred
    }
}
