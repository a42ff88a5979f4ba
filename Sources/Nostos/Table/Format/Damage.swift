/// Bytes that passed their checksum and still make no sense: written by a broken or hostile hand.
struct Damage: Error {
    let offset: Int
    let detail: String
}
