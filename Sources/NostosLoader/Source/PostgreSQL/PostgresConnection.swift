// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe throughout: C calls on one `PGconn`, which lives as long as this object and is used by
// one thread at a time (the class is not Sendable). C strings are copied at once.
import CPostgres
import Glibc

/// One connection, for a read-only transaction at a time; owns a `PGconn`.
@safe final class PostgresConnection {
    /// The pause before a server is asked again that has sent nothing just now: it takes longer to
    /// fill the socket's buffer, of 200 KB and more.
    private static let napMicroseconds: UInt32 = 300

    let name: String
    let handle: OpaquePointer
    private let secrets: SecretMask

    /// Connects, and retries while no server answers.
    init(source: PostgresSource) throws(SourceError) {
        let conninfo = try PostgresConninfo(source)
        name = source.name
        guard let answered = Interruptible.value({ Self.connectPatiently(conninfo) }) else {
            throw .unavailable(source: source.name, reason: "stopped")
        }
        guard let opened = unsafe OpaquePointer(bitPattern: answered) else {
            throw .unavailable(source: source.name, reason: "libpq: out of memory")
        }
        unsafe handle = opened
        // The password may also come from the environment or from a password file.
        let used = unsafe PQpass(opened).map { unsafe String(cString: $0) } ?? ""
        var secrets = SecretMask()
        for secret in conninfo.secrets + [used] { secrets.insert(password: secret) }
        self.secrets = secrets
        guard unsafe PQstatus(opened) == CONNECTION_OK else { throw unavailable(message) }
        unsafe PQsetNoticeProcessor(opened, { _, _ in }, nil)
    }

    deinit {
        // The reader has stopped: cancel the query, or the server would run on until its next write
        // fails.
        if unsafe PQstatus(handle) == CONNECTION_OK,
            unsafe PQtransactionStatus(handle) == PQTRANS_ACTIVE
        {
            let cancel = unsafe PQgetCancel(handle)
            var message: CChar = 0
            _ = unsafe PQcancel(cancel, &message, 1)
            unsafe PQfreeCancel(cancel)
        }
        unsafe PQfinish(handle)
    }

    /// Connects, and retries while no server answers; returns the address of the `PGconn`, which
    /// may pass between threads.
    private static func connectPatiently(_ conninfo: PostgresConninfo) -> UInt {
        var opened = unsafe connect(conninfo)
        for delay in PostgresSource.retryMilliseconds {
            guard unsafe isWorthRetrying(opened, conninfo) else { break }
            unsafe PQfinish(opened)
            usleep(delay * 1000)
            unsafe opened = unsafe connect(conninfo)
        }
        return UInt(bitPattern: opened)
    }

    private static func connect(_ conninfo: PostgresConninfo) -> OpaquePointer? {
        unsafe withParameters(conninfo) { unsafe PQconnectdbParams($0, $1, 1) }
    }

    /// Whether no server answered, or one that is not ready yet.
    private static func isWorthRetrying(
        _ handle: OpaquePointer?, _ conninfo: PostgresConninfo
    ) -> Bool {
        guard let handle = unsafe handle, unsafe PQstatus(handle) != CONNECTION_OK else {
            return false
        }
        // A host that swallows packets has cost a whole connect_timeout already.
        guard unsafe !String(cString: PQerrorMessage(handle)).contains("timeout expired") else {
            return false
        }
        let ping = unsafe withParameters(conninfo) { unsafe PQpingParams($0, $1, 1) }
        return ping == PQPING_NO_RESPONSE || ping == PQPING_REJECT
    }

    private static func withParameters<Result>(
        _ conninfo: PostgresConninfo,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) ->
            Result
    ) -> Result {
        let copies = unsafe conninfo.parameters.map { unsafe (strdup($0.name), strdup($0.value)) }
        defer {
            for unsafe(name, value) in unsafe copies {
                unsafe free(name)
                unsafe free(value)
            }
        }
        let names = unsafe copies.map { unsafe UnsafePointer<CChar>($0.0) } + [nil]
        let values = unsafe copies.map { unsafe UnsafePointer<CChar>($0.1) } + [nil]
        return unsafe body(names, values)
    }

    /// Begins the transaction, and fixes what the text of values depends on.
    func begin(_ source: PostgresSource) throws(SourceError) {
        var settings = ["TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'"]
        if let timeout = source.statementTimeout {
            // 0 would be none at all.
            let milliseconds = max(
                1,
                timeout.components.seconds * 1000
                    + timeout.components.attoseconds / 1_000_000_000_000_000)
            settings.append("statement_timeout = \(milliseconds)")
        }
        let sql: String
        switch source.dialect {
        case .postgresql:
            settings += [
                "IntervalStyle = 'postgres'", "bytea_output = 'hex'", "extra_float_digits = 3",
                "standard_conforming_strings = on",
            ]
            settings += unsafe Self.unlimited(serverVersion: PQserverVersion(handle))
            // Local settings: a pooler hands the server's session to others afterwards.
            sql =
                "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; "
                + settings.map { "SET LOCAL \($0)" }.joined(separator: "; ")
        case .redshift:
            sql =
                settings.map { "SET \($0); " }.joined()
                + "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
        try execute(sql)
        for setting in ["integer_datetimes", "standard_conforming_strings"] {
            let value = unsafe PQparameterStatus(handle, setting)
            guard unsafe value.map({ unsafe String(cString: $0) }) ?? "on" == "on" else {
                throw unavailable("the server's \(setting) is off; expected on")
            }
        }
    }

    /// Settings that lift the limits of a transaction which waits for other generators between two
    /// queries, as `pg_dump` does; each query keeps its `statement_timeout`.
    private static func unlimited(serverVersion: Int32) -> [String] {
        (serverVersion >= 90_600 ? ["idle_in_transaction_session_timeout = 0"] : [])
            + (serverVersion >= 170_000 ? ["transaction_timeout = 0"] : [])
    }

    /// Whether a transaction is under way that takes queries.
    var isUsable: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Whether a transaction is under way, be it that an error has ended its use.
    var isInTransaction: Bool {
        switch unsafe PQtransactionStatus(handle) {
        case PQTRANS_ACTIVE, PQTRANS_INTRANS, PQTRANS_INERROR: true
        default: false
        }
    }

    /// Whether there is a query whose rows were not read to their end.
    var isReading: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_ACTIVE }

    /// Ends the transaction; false when the connection cannot be used afterwards.
    func endTransaction() -> Bool {
        do throws(SourceError) {
            try finishCommand()
            if isInTransaction { try execute("COMMIT") }
            return true
        } catch {
            return false
        }
    }

    /// Reads and drops what is left of the last command, so that the next one can be sent.
    func finishCommand() throws(SourceError) {
        while true {
            while unsafe PQisBusy(handle) == 1 { try waitForInput(rows: nil) }
            let result = unsafe PostgresResult(owning: PQgetResult(handle))
            if result.isNone { return }
            if result.status == PGRES_COPY_OUT { try skipCopy() }
        }
    }

    /// Reads and drops the pieces of a `COPY` up to its end.
    private func skipCopy() throws(SourceError) {
        while true {
            var piece: UnsafeMutablePointer<CChar>?
            let size = unsafe PQgetCopyData(handle, &piece, 1)
            unsafe PQfreemem(piece)
            if size < 0 { return }
            if size == 0 { try waitForInput(rows: nil) }
        }
    }

    /// Runs statements that have no rows; a request to end the process ends the wait.
    private func execute(_ sql: String) throws(SourceError) {
        guard unsafe PQsendQuery(handle, sql) == 1 else { throw unavailable(message) }
        while true {
            while unsafe PQisBusy(handle) == 1 { try waitForInput(rows: nil) }
            guard let answer = unsafe PQgetResult(handle) else { return }
            let result = unsafe PostgresResult(owning: answer)
            guard result.status == PGRES_COMMAND_OK else {
                throw unavailable(result.errorReason ?? message)
            }
        }
    }

    /// Sends a command and returns the server's first answer to it; a request to end the process
    /// ends the wait.
    func answer(to send: () -> Int32) throws(SourceError) -> PostgresResult {
        guard send() == 1 else { throw unavailable(message) }
        while unsafe PQisBusy(handle) == 1 { try waitForInput(rows: nil) }
        return unsafe PostgresResult(owning: PQgetResult(handle))
    }

    /// The answer to one statement.
    ///
    /// The protocol with parameters, of which there are none, takes one statement only.
    func answer(toStatement sql: String) throws(SourceError) -> PostgresResult {
        try answer { unsafe PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0) }
    }

    /// Prepares a statement without a name.
    func prepare(_ sql: String) throws(SourceError) -> PostgresResult {
        let prepared = try answer { unsafe PQsendPrepare(handle, "", sql, 0, nil) }
        // Nothing follows the one answer, and libpq must be asked for it.
        unsafe PQclear(PQgetResult(handle))
        return prepared
    }

    /// The parameters and columns of the statement prepared last.
    func describePrepared() -> PostgresResult {
        unsafe PostgresResult(owning: PQdescribePrepared(handle, ""))
    }

    /// Waits until the server has sent something, and takes it in.
    ///
    /// - Parameter rows: how many have been read; nil while the query has not begun.
    /// - Throws: when the connection is gone, or when somebody asked the process to end.
    func waitForInput(rows: Int?) throws(SourceError) {
        func failure(_ reason: String) -> SourceError {
            guard let rows else { return unavailable(reason) }
            return .interrupted(source: name, rows: rows, reason: secrets.mask(reason))
        }
        var answer = poll(0)
        // Among rows the next piece is underway. Woken for each of them, both sides would be busy
        // waking and being woken; while this one sleeps, the server fills the socket's buffer.
        if answer == 0, rows ?? 0 > 0 { usleep(Self.napMicroseconds) }
        while answer == 0 || (answer < 0 && errno == EINTR) {
            guard !Interruption.isRequested else { throw failure("stopped") }
            answer = poll(Interruption.pollMilliseconds)
        }
        guard answer > 0, unsafe PQconsumeInput(handle) == 1 else {
            throw failure(message)
        }
    }

    /// Waits that long for input: above 0 where there is some, 0 without, below 0 on an error.
    private func poll(_ milliseconds: Int32) -> Int32 {
        var descriptor = unsafe pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&descriptor, 1, milliseconds)
    }

    /// libpq's last message, without the line end, unmasked.
    var message: String {
        var text = unsafe String(cString: PQerrorMessage(handle))
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    /// An error of opening; masked.
    func unavailable(_ reason: String) -> SourceError {
        .unavailable(source: name, reason: secrets.mask(reason))
    }

    /// The error of a result, or of libpq when there is none; masked.
    ///
    /// `rows` have been read so far; nil while the query has not begun. `position` maps a character
    /// of the sent text to its place in the author's text.
    func failure(
        _ result: borrowing PostgresResult, rows: Int?,
        position: (Int) -> QueryPosition? = { _ in nil }
    ) -> SourceError {
        let reason = result.errorReason ?? message
        if result.blamesQuery {
            return badQuery(
                reason + (rows.map { " (after \(Figures.count($0, "row")))" } ?? ""),
                at: result.errorCharacter.flatMap(position))
        }
        guard let rows else { return unavailable(reason) }
        return .interrupted(source: name, rows: rows, reason: secrets.mask(reason))
    }

    /// An error in the query; masked.
    func badQuery(_ reason: String, at position: QueryPosition?) -> SourceError {
        .badQuery(
            source: name, reason: secrets.mask(reason), line: position?.line,
            column: position?.column)
    }
}
