import Foundation
import Testing

@testable import NostosLoader

@Suite struct RunForecastTests {
    @Test(
        arguments: [
            (10, 10, true), (11, 10, false), (0, 0, true), (nil, 0, true), (11, nil, true),
        ] as [(Int?, Int?, Bool)])
    func aRunFitsWhereThereIsRoomAndWhereNobodyKnows(
        needed: Int?, free: Int?, fits: Bool
    ) throws {
        let disk = RunForecast.Disk(needed: needed, free: free, freedLater: 1)
        #expect(disk.fits == fits)
        let json = String(decoding: try JSONEncoder().encode(disk), as: UTF8.self)
        #expect(json.contains("\"fits\":\(fits)"), "\(json)")
    }
}
