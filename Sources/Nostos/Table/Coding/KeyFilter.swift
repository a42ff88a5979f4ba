// The filters section: empty, or zeros up to the file's next multiple of 64, and then 64 bytes a
// group: one line of the processor's cache.
//
// The 512 bits of a group, least significant first, tell which keys it may hold. A key has five of
// them: those that the lowest five times nine bits of its hash number. Where one of the five is not
// set, the group does not hold the key, and need not be fetched. Of 64 keys a group, one missing
// key in 46 is taken for one that may be there. (B. H. Bloom, CACM 13:7, 1970; in one cache line
// each: F. Putze, P. Sanders, J. Singler, “Cache-, Hash- and Space-Efficient Bloom Filters”, WEA
// 2007.)
//
// The hash is `fmix64` of MurmurHash3 (A. Appleby, 2011) of the key's number where keys are
// numbers, and XXH3-64 of the key where they are bytes.

/// The constants that filters of writers and readers share.
enum KeyFilter {
    /// Bytes of a group's filter.
    static let size = 64
    /// Bits of a key, and the bits of its hash that number one.
    static let bitCount = 5
    static let bitNumberWidth: UInt64 = 9
    static let bitNumberMask: UInt64 = (1 << bitNumberWidth) - 1

    /// The hash of a key: of its number where keys are numbers, else of its bytes.
    @inline(__always)
    static func hash(_ key: Span<UInt8>, number: UInt64, _ form: KeyForm) -> UInt64 {
        form == .numbers ? mixed(number) : Checksum.hash(key)
    }

    @inline(__always)
    private static func mixed(_ number: UInt64) -> UInt64 {
        var hash = number
        hash = (hash ^ (hash &>> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash &>> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash &>> 33)
    }

    /// The zeros before the filters of a section that begins at that offset.
    static func padding(at offset: Int) -> Int { -offset & (size - 1) }
}

/// Collects the filters of all groups.
struct KeyFilterBuilder {
    private var filters: [UInt8] = []
    private var filter = [UInt64](repeating: 0, count: KeyFilter.size / 8)

    /// The filters of the groups closed so far, in bytes.
    var size: Int { filters.count }

    /// Adds a key of the open group by its hash.
    mutating func insert(_ hash: UInt64) {
        var rest = hash
        for _ in 0..<KeyFilter.bitCount {
            let bit = Int(rest & KeyFilter.bitNumberMask)
            filter[bit / 64] |= 1 << UInt64(bit % 64)
            rest >>= KeyFilter.bitNumberWidth
        }
    }

    /// Ends the filter of the open group and begins the next.
    mutating func closeGroup() {
        for index in filter.indices {
            filters.append(littleEndian: filter[index])
            filter[index] = 0
        }
    }

    /// The section, for a file in which it begins at that offset.
    func encoded(at offset: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: KeyFilter.padding(at: offset)) + filters
    }
}

/// The filters of a mapped table.
struct KeyFilterView {
    private let bytes: MappedBytes
    /// The offset of the first group's filter.
    private let start: Int

    /// The view of the section, or nil when it is empty.
    init?(_ bytes: MappedBytes, _ footer: TableFooter) throws(Damage) {
        let range = footer.range(of: .filters)
        guard !range.isEmpty else { return nil }
        start = range.lowerBound + KeyFilter.padding(at: range.lowerBound)
        self.bytes = bytes
        guard start + KeyFilter.size * footer.groupCount == range.upperBound else {
            throw Damage(
                offset: range.lowerBound,
                detail: "\(range.count) bytes of filters for \(footer.groupCount) groups")
        }
    }

    /// The range of that group's filter in the file.
    @inline(__always)
    func range(ofGroup group: Int) -> Range<Int> {
        start + KeyFilter.size * group..<start + KeyFilter.size * (group + 1)
    }

    /// Asks for the filter of that group, which will be read soon.
    @inline(__always)
    func prefetch(group: Int) { bytes.prefetch(1, at: start + KeyFilter.size * group) }

    /// Whether the group may hold the key of that hash.
    @inline(__always)
    func mayContain(_ hash: UInt64, group: Int) -> Bool {
        let filter = start + KeyFilter.size * group
        var rest = hash
        var isSet: UInt64 = 1
        for _ in 0..<KeyFilter.bitCount {
            let bit = Int(truncatingIfNeeded: rest & KeyFilter.bitNumberMask)
            isSet &= bytes.load(UInt64.self, at: filter + bit / 64 * 8) &>> UInt64(bit & 63)
            rest &>>= KeyFilter.bitNumberWidth
        }
        return isSet == 1
    }
}
