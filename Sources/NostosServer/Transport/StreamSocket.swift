#if os(Linux)
    import CEpoll
    import Glibc
    import NIOCore

    /// A TCP socket that never blocks: a listener or a connection.
    ///
    /// The owner closes it, once.
    struct StreamSocket: Sendable {
        /// The most bytes that one call sends: so many take the system some tens of microseconds.
        private static let maxSendSize = 128 << 10

        let file: Int32

        /// The result of a call.
        enum Transfer {
            /// The number of bytes; 0 is the end of the stream that was read.
            case bytes(Int)
            /// No byte can be moved now.
            case wouldBlock
            /// The connection is broken.
            case failed
        }

        /// The next connection of a listener.
        enum Accepted {
            case connection(StreamSocket)
            /// No connection waits.
            case none
            /// The process or the system has no room for one.
            case exhausted
        }

        private init(file: Int32) { self.file = file }

        /// A listener on that address.
        ///
        /// With `sharesPort` other sharing processes of the same user may listen there at the same
        /// time, and the system spreads connections over them.
        init(
            listeningOn address: SocketAddress, sharesPort: Bool
        ) throws(SystemCallError) {
            let family: Int32
            switch address {
            case .v6: family = AF_INET6
            default: family = AF_INET
            }
            let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            file = Glibc.socket(family, type, 0)
            guard file >= 0 else { throw SystemCallError(call: "socket", code: errno) }
            do throws(SystemCallError) {
                try set(SOL_SOCKET, SO_REUSEADDR)
                if sharesPort { try set(SOL_SOCKET, SO_REUSEPORT) }
                // Connections inherit it from their listener.
                try set(Int32(IPPROTO_TCP), TCP_NODELAY)
                let file = file
                // Unsafe: the address is used during the call only.
                let result = unsafe address.withSockAddr { pointer, size in
                    unsafe Glibc.bind(file, pointer, socklen_t(size))
                }
                guard result == 0 else { throw SystemCallError(call: "bind", code: errno) }
                guard Glibc.listen(file, 4096) == 0 else {
                    throw SystemCallError(call: "listen", code: errno)
                }
            } catch {
                close()
                throw error
            }
        }

        private func set(_ level: Int32, _ option: Int32) throws(SystemCallError) {
            var on: Int32 = 1
            // Unsafe: the pointer is to a local variable and used during the call only.
            let result = unsafe setsockopt(file, level, option, &on, 4)
            guard result == 0 else { throw SystemCallError(call: "setsockopt", code: errno) }
        }

        /// The port that a listener is bound to.
        var port: Int { Int(nostos_bound_port(file)) }

        func accept() -> Accepted {
            while true {
                let file = nostos_accept(self.file)
                if file >= 0 { return .connection(StreamSocket(file: file)) }
                switch errno {
                case EAGAIN: return .none
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
                // The connection ended before it was accepted, or a signal arrived.
                default: continue
                }
            }
        }

        /// Reads into `buffer`.
        @inline(__always)
        func receive(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Transfer {
            while true {
                // Unsafe: the buffer is the caller's.
                let count = unsafe recv(file, buffer.baseAddress, buffer.count, 0)
                if count >= 0 { return .bytes(count) }
                switch errno {
                case EINTR: continue
                case EAGAIN: return .wouldBlock
                default: return .failed
                }
            }
        }

        /// Sends the bytes from `start` on, as far as they can be sent now and in one call.
        @inline(__always)
        func send(_ bytes: [UInt8], from start: Int) -> Transfer {
            while true {
                let count = unsafe bytes.withUnsafeBufferPointer { buffer in
                    // Unsafe: the pointer is used during the call only, within the array.
                    let rest = unsafe UnsafeBufferPointer(
                        rebasing: buffer[start...].prefix(Self.maxSendSize))
                    return unsafe Glibc.send(
                        file, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
                if count >= 0 { return .bytes(count) }
                switch errno {
                case EINTR: continue
                case EAGAIN: return .wouldBlock
                default: return .failed
                }
            }
        }

        /// Closes the sending side of the connection.
        func endSending() { Glibc.shutdown(file, Int32(SHUT_WR)) }

        func close() { Glibc.close(file) }
    }
#endif
