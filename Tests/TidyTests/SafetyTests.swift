import Testing

/// The rules for code whose safety the compiler does not prove.
@Suite struct SafetyTests {
    /// The files that hold the word `unsafe`, which a review of memory safety must read.
    ///
    /// A new one is a decision: its argument for safety stands in the file, and its path here.
    private static let unsafeFiles: Set = [
        "Nostos/Catalog/LMDB/LMDB.swift",
        "Nostos/Memory/Bytes+Load.swift",
        "Nostos/Memory/Bytes.swift",
        "Nostos/Memory/GrowingMemory+Bytes.swift",
        "Nostos/Memory/GrowingMemory.swift",
        "Nostos/Memory/RawOutput.swift",
        "Nostos/Record/ScaledNumber.swift",
        "Nostos/System/Checksum.swift",
        "Nostos/System/FileCall.swift",
        "Nostos/System/GuardedRegion.swift",
        "Nostos/System/Lock.swift",
        "Nostos/System/MappedFile.swift",
        "Nostos/System/Prefetch.swift",
        "Nostos/System/SHA256.swift",
        "Nostos/System/SystemCall.swift",
        "Nostos/System/SystemClock.swift",
        "Nostos/System/SystemThread.swift",
        "Nostos/Table/Coding/PackedList.swift",
        "Nostos/Table/Coding/PackedText.swift",
        "Nostos/Table/Coding/TextCoder.swift",
        "Nostos/Table/Coding/VocabularyCodes.swift",
        "Nostos/Table/Coding/VocabularyView.swift",
        "Nostos/Table/Coding/Zstd.swift",
        "Nostos/Table/Decoding/DecodeProgram.swift",
        "Nostos/Table/Decoding/DecodeProgramView.swift",
        "Nostos/Table/Decoding/DecodeStep.swift",
        "Nostos/Table/Decoding/PackedListView+Elements.swift",
        "Nostos/Table/Decoding/RowPlace.swift",
        "Nostos/Table/Decoding/RowWalk+Entries.swift",
        "Nostos/Table/Decoding/RowWalk+Lists.swift",
        "Nostos/Table/Decoding/RowWalk+Texts.swift",
        "Nostos/Table/Decoding/RowWalk.swift",
        "Nostos/Table/Decoding/SparseCursor.swift",
        "Nostos/Table/Decoding/TypedText.swift",
        "Nostos/Table/Decoding/ValueWalk+Entries.swift",
        "Nostos/Table/Decoding/ValueWalk.swift",
        "Nostos/Table/Reading/GroupView+Numbers.swift",
        "Nostos/Table/Reading/PageVerifier.swift",
        "Nostos/Table/Reading/TableIndex.swift",
        "Nostos/Table/Reading/TableReader+Number.swift",
        "Nostos/Table/Writing/RowEncoder.swift",
        "NostosLoader/Entry/Entry.swift",
        "NostosLoader/Merge/FieldCollectors.swift",
        "NostosLoader/Sort/HeadSort.swift",
        "NostosLoader/Sort/PackedSort.swift",
        "NostosLoader/Sort/ReferencePart.swift",
        "NostosLoader/Sort/SortMemory.swift",
        "NostosLoader/Sort/SortedRunCompression.swift",
        "NostosLoader/Sort/SortedRunMerge.swift",
        "NostosLoader/Source/Bytes/GzipBytes.swift",
        "NostosLoader/Source/Bytes/ZstdBytes.swift",
        "NostosLoader/Source/Command/ChildProcess.swift",
        "NostosLoader/Source/PostgreSQL/CopyBuffer.swift",
        "NostosLoader/Source/PostgreSQL/CopyEntryWriter.swift",
        "NostosLoader/Source/PostgreSQL/CopyStream+Entries.swift",
        "NostosLoader/Source/PostgreSQL/PostgresConnection.swift",
        "NostosLoader/Source/PostgreSQL/PostgresConninfo.swift",
        "NostosLoader/Source/PostgreSQL/PostgresCopyCursor.swift",
        "NostosLoader/Source/PostgreSQL/PostgresResult.swift",
        "NostosLoader/Source/PostgreSQL/PostgresRowCursor.swift",
        "NostosLoader/Source/RawRow.swift",
        "NostosLoader/Source/SQLite/SQLiteConnection.swift",
        "NostosLoader/Source/SQLite/SQLiteCursor.swift",
        "NostosLoader/Source/SQLite/SQLiteCursorState.swift",
        "NostosLoader/Source/SQLite/SQLiteScript.swift",
        "NostosServer/DataPlane/Lookup/KnownHeads.swift",
        "NostosServer/DataPlane/Lookup/KnownRecord.swift",
        "NostosServer/DataPlane/Lookup/Span+Text.swift",
        "NostosServer/DataPlane/Request/ByteSet.swift",
        "NostosServer/HTTP/ClientAddress.swift",
        "NostosServer/HTTP/GzipEncoder.swift",
        "NostosServer/HTTP/ZstdEncoder.swift",
        "NostosServer/Transport/Epoll/Epoll.swift",
        "NostosServer/Transport/Epoll/EpollConnection.swift",
        "NostosServer/Transport/Epoll/EpollLoop.swift",
        "NostosServer/Transport/PortProbe.swift",
        "NostosServer/Transport/ServingLoop.swift",
        "NostosServer/Transport/StreamSocket.swift",
        "NostosTLS/TLSContext.swift",
        "NostosTLS/TLSEngine.swift",
        "NostosTLS/TLSError.swift",
        "NostosTLS/TLSHandler+Output.swift",
        "NostosTLS/TLSHandler.swift",
    ]

    @Test func unsafeCodeStandsOnlyInTheListedFiles() throws {
        var found: Set<String> = []
        for file in try SourceFiles.swift(in: "Sources") {
            let code = SwiftCode(file.lines.joined(separator: "\n"))
            if code.words.contains(where: { $0.text == "unsafe" }) { found.insert(file.path) }
        }
        #expect(found.subtracting(Self.unsafeFiles).sorted() == [], "files to list, or to mend")
        #expect(Self.unsafeFiles.subtracting(found).sorted() == [], "files to take from the list")
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)", "@exclusivity(unchecked)"])
    func everyExceptionFromCheckingHasItsReasonDirectlyAbove(mark: String) throws {
        let word = mark.contains("unchecked") ? "unchecked" : "unsafe"
        var count = 0
        for file in try SourceFiles.everySwift() where !file.path.hasPrefix("Tests/TidyTests/") {
            for (index, line) in file.lines.enumerated() where line.contains(mark) {
                guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
                let reason = file.comment(above: index, sharedBy: mark).lowercased()
                #expect(reason.contains(word), "\(file.path):\(index + 1)")
                count += 1
            }
        }
        #expect(count > 0)
    }
}
