/// The weights of the codings that a client takes, item by item of its `Accept-Encoding`.
struct CodingWeights {
    private var gzip, zstd, identity, any: Int?

    init() {}

    /// Notes one item, such as `gzip;q=0.5`; an unknown coding changes nothing.
    mutating func note(_ item: Span<UInt8>) {
        let (name, weight) = Weight.split(item)
        if item.equals(lowercase: "gzip", in: name) || item.equals(lowercase: "x-gzip", in: name) {
            gzip = weight
        } else if item.equals(lowercase: "zstd", in: name) {
            zstd = weight
        } else if item.equals(lowercase: "identity", in: name) {
            identity = weight
        } else if item.equals("*", in: name) {
            any = weight
        }
    }

    /// The coding with the highest weight, or nil where the client wants none; zstd, which costs
    /// less, wins among equals.
    var preferred: ContentCoding? {
        // `*` stands for gzip, which every client reads.
        let gzip = gzip ?? any ?? 0
        let zstd = zstd ?? 0
        guard max(gzip, zstd) > 0, max(gzip, zstd) >= identity ?? 0 else { return nil }
        return zstd >= gzip ? .zstd : .gzip
    }
}
