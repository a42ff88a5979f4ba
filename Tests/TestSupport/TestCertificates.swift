import Foundation
import SystemPackage

/// Two authorities and a server's certificate by the first, made by openssl.
public final class TestCertificates: Sendable {
    /// The file of the authority that signed the certificate, PEM.
    public let authority: String
    /// The file of another authority.
    public let otherAuthority: String
    /// The certificate of `localhost`, PEM.
    public let certificate: String
    /// Its key, PEM.
    public let key: String
    /// The files of certificate and key.
    public let certificateFile, keyFile: String
    private let directory: TemporaryDirectory

    /// Makes them with openssl, good for two days.
    public init() throws {
        directory = try TemporaryDirectory()
        let folder = directory.path.string
        let script = #"""
            set -e
            cd "$1"
            new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            for name in right wrong; do
                openssl req -x509 $new -days 2 -subj /CN=$name -keyout $name.key -out $name.crt
            done
            openssl req $new -subj /CN=localhost -keyout server.key -out server.csr
            echo subjectAltName=DNS:localhost >names
            openssl x509 -req -in server.csr -CA right.crt -CAkey right.key -CAcreateserial \
                -days 2 -extfile names -out server.crt
            """#
        try runProgram("/bin/sh", ["-c", script, "certificates", folder], input: "")
        authority = "\(folder)/right.crt"
        otherAuthority = "\(folder)/wrong.crt"
        (certificateFile, keyFile) = ("\(folder)/server.crt", "\(folder)/server.key")
        certificate = try String(contentsOfFile: certificateFile, encoding: .utf8)
        key = try String(contentsOfFile: keyFile, encoding: .utf8)
    }
}
