/// The HTML page of a problem: its title, its status, what went wrong and a way on.
enum ErrorPage {
    /// The whole document; every value is escaped.
    static func html(of problem: ControlProblem) -> String {
        let title = HTMLText.escaped("\(problem.kind.title)")
        let name = problem.name.map { "\n<p><code>\(HTMLText.escaped($0))</code></p>" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) – Nostos</title>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            <p>\(problem.kind.status.rawValue): \(HTMLText.escaped(problem.detail))</p>\(name)
            <p><a href="/">Start page</a></p>
            </main>
            </body>
            </html>

            """
    }
}
