import Foundation

/// A connected TCP socket that an input and an output stream share.
final class Socket {
    let descriptor: Int32
    let canceller: SocketCanceller
    var readTimeoutMilliseconds = 0
    var writeTimeoutMilliseconds = 0
    /// The latest time at which reads and writes end, whatever their own limits; nil is never.
    var deadline: ContinuousClock.Instant?

    init(descriptor: Int32) {
        self.descriptor = descriptor
        canceller = SocketCanceller(descriptor: descriptor)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, Self.keepAliveIdleSeconds)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, Self.keepAliveIntervalSeconds)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, Self.keepAliveProbes)
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// A connection whose peer or route has disappeared ends within 40 seconds. The system's default is two hours;
    /// network address translation (NAT) drops idle connections after minutes.
    private static let keepAliveIdleSeconds: Int32 = 20
    private static let keepAliveIntervalSeconds: Int32 = 5
    private static let keepAliveProbes: Int32 = 4

    deinit { canceller.close() }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    func setBuffers(sendBytes: Int?, receiveBytes: Int?) {
        if let sendBytes { set(SOL_SOCKET, SO_SNDBUF, Int32(clamping: sendBytes)) }
        if let receiveBytes { set(SOL_SOCKET, SO_RCVBUF, Int32(clamping: receiveBytes)) }
    }

    /// Whether the peer has closed or reset the connection, and everything that it sent before is read.
    var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            if count >= 0 { return count == 0 }
            switch errno {
            case EINTR: continue
            case EAGAIN: return false
            default: return true
            }
        }
    }

    /// The numeric address of the peer; nil if the connection has ended.
    var peerHost: String? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard getpeername(descriptor, address, &size) == 0 else { return -1 }
                return getnameinfo(address, size, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard code == 0 else { return nil }
        return name.withUnsafeBytes { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    func receive(into address: UnsafeMutableRawPointer, count: Int) throws(StreamError) -> Int {
        while true {
            if deadline != nil {
                try wait(for: Int16(POLLIN), milliseconds: readTimeoutMilliseconds)
            } else if systemReadTimeoutMilliseconds != readTimeoutMilliseconds {
                setSystemReadTimeout()
            }
            let received = recv(descriptor, address, count, 0)
            if received > 0 { return received }
            if received == 0 {
                if canceller.isCancelled { throw .cancelled }
                return 0
            }
            switch errno {
            case EINTR: continue
            case EAGAIN where deadline == nil:
                try wait(
                    for: Int16(POLLIN), milliseconds: Self.timerTickMilliseconds, of: readTimeoutMilliseconds)
            case EAGAIN: continue
            default: throw failure("receive")
            }
        }
    }

    /// The time limit that the system applies to `recv`, so that a read takes one system call instead of two.
    private var systemReadTimeoutMilliseconds = 0
    /// The system's timers may end a wait earlier by up to this time.
    private static let timerTickMilliseconds = 10

    private func setSystemReadTimeout() {
        systemReadTimeoutMilliseconds = readTimeoutMilliseconds
        var limit = timeval(
            tv_sec: readTimeoutMilliseconds / 1000, tv_usec: readTimeoutMilliseconds % 1000 * 1000)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ address: UnsafeRawPointer, count: Int) throws(StreamError) -> Int {
        while true {
            let isLimited = isLimited(writeTimeoutMilliseconds)
            // The deadline is checked even if there is room: it must not be exceeded by many short writes.
            if deadline != nil { try wait(for: Int16(POLLOUT), milliseconds: writeTimeoutMilliseconds) }
            let flags = Int32(MSG_NOSIGNAL) | (isLimited ? Int32(MSG_DONTWAIT) : 0)
            let sent = Glibc.send(descriptor, address, count, flags)
            if sent >= 0 { return sent }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLOUT), milliseconds: writeTimeoutMilliseconds)
            default: throw failure("send")
            }
        }
    }

    /// Sends what the system accepts at once. Returns the number of bytes, which may be 0.
    func sendAvailable(_ address: UnsafeRawPointer, count: Int) throws(StreamError) -> Int {
        while true {
            let sent = Glibc.send(descriptor, address, count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if sent >= 0 { return sent }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw failure("send")
            }
        }
    }

    private func failure(_ operation: String) -> StreamError {
        let code = errno
        return canceller.isCancelled ? .cancelled : .system(errno: code, operation: operation)
    }

    private func isLimited(_ timeoutMilliseconds: Int) -> Bool { timeoutMilliseconds > 0 || deadline != nil }

    /// - Parameter limitMilliseconds: the time limit that an error states; nil is `milliseconds`.
    private func wait(
        for events: Int16, milliseconds: Int, of limitMilliseconds: Int? = nil
    ) throws(StreamError) {
        let now = ContinuousClock.now
        var end = milliseconds > 0 ? now + .milliseconds(milliseconds) : nil
        if let deadline {
            // Checked even if bytes are ready: a peer that keeps sending must not extend the deadline.
            guard deadline > now else { throw .timedOut(milliseconds: 0) }
            end = min(end ?? deadline, deadline)
        }
        guard let end else { return }
        while true {
            let left = (end - .now).milliseconds
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let ready = poll(&entry, 1, Int32(clamping: max(0, left)))
            if ready > 0 { return }
            if ready == 0 {
                if canceller.isCancelled { throw .cancelled }
                throw .timedOut(milliseconds: limitMilliseconds ?? (end - now).milliseconds)
            }
            if errno != EINTR { throw failure("poll") }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up so that a wait never ends early.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
