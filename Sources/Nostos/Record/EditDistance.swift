/// The distance of Damerau and Levenshtein between two words: the least number of insertions,
/// deletions, substitutions and swaps of neighbours that turn the one into the other.
///
/// Unrestricted: letters may come between two that were swapped. Lowrance and Wagner: "An Extension
/// of the String-to-String Correction Problem", Journal of the ACM 22(2), 1975, pages 177-183.
///
/// - Complexity: O(`source.count * target.count`) time and memory.
public func editDistance(_ source: [Unicode.Scalar], _ target: [Unicode.Scalar]) -> Int {
    let far = source.count + target.count
    // Row and column 0 hold `far`, so that a swap with a letter never met costs too much.
    let width = target.count + 2
    var distances = [Int](repeating: far, count: (source.count + 2) * width)
    for row in 0...source.count { distances[(row + 1) * width + 1] = row }
    for column in 0...target.count { distances[width + column + 1] = column }
    var lastRowOf: [Unicode.Scalar: Int] = [:]
    for row in source.indices.map({ $0 + 1 }) {
        var lastMatch = 0
        for column in target.indices.map({ $0 + 1 }) {
            let matchRow = lastRowOf[target[column - 1], default: 0]
            let matchColumn = lastMatch
            let isEqual = source[row - 1] == target[column - 1]
            if isEqual { lastMatch = column }
            let swapped =
                distances[matchRow * width + matchColumn]
                + (row - matchRow - 1) + 1 + (column - matchColumn - 1)
            distances[(row + 1) * width + column + 1] = min(
                distances[row * width + column] + (isEqual ? 0 : 1),
                distances[(row + 1) * width + column] + 1,
                distances[row * width + column + 1] + 1,
                swapped)
        }
        lastRowOf[source[row - 1]] = row
    }
    return distances[(source.count + 1) * width + target.count + 1]
}

/// The word that was probably meant: the nearest of `words`, at most two edits away and nearer
/// than the word is long, whatever the case of its letters; the first of several equally near.
public func nearestWord(to word: String, among words: some Sequence<String>) -> String? {
    let maxDistance = 2
    let maxCount = 64
    let source = Array(word.lowercased().unicodeScalars)
    guard (1...maxCount).contains(source.count) else { return nil }
    var nearest: (word: String, distance: Int)?
    for candidate in words where candidate != word {
        let target = Array(candidate.lowercased().unicodeScalars)
        guard abs(target.count - source.count) <= maxDistance else { continue }
        let distance = editDistance(source, target)
        guard distance <= min(maxDistance, source.count - 1, target.count - 1) else { continue }
        if distance < nearest?.distance ?? Int.max { nearest = (candidate, distance) }
    }
    return nearest?.word
}
