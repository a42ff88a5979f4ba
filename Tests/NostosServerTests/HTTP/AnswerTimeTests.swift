import Testing

@testable import NostosServer

@Suite struct AnswerTimeTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_767_323_045, "Fri, 02 Jan 2026 03:04:05 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func theDateLineIsThatOfHTTP(seconds: Int64, text: String) {
        let line = AnswerTime(seconds: seconds).dateLine
        #expect(String(decoding: line, as: UTF8.self) == "Date: \(text)\r\n")
    }
}
