import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

private let requestFramer = MessageFramer(messageBytesMin: MessageFramer.requestBytesMin, messageBytesMax: 1000)

private struct Framing: StreamDecoder {
    mutating func next(in arrived: UnsafeRawBufferPointer) throws -> (message: [UInt8], consumedBytes: Int)? {
        switch try requestFramer.next(in: arrived) {
        case .needMore(let wantedBytes):
            #expect(wantedBytes > arrived.count)
            return nil
        case .frame(let body, let totalBytes): return ([UInt8](arrived[body]), totalBytes)
        }
    }
}

@Suite struct MessageFramerTests {
    /// ApiVersions v0, correlation id 7, no client id, as the protocol guide lays it out.
    private static let request: [UInt8] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xFF, 0xFF]

    @Test(arguments: Feeding.all) func messagesAreFoundForEverySplitOfTheStream(_ feeding: Feeding) throws {
        let stream = Self.request + Self.request + Self.request
        let found = try messages(of: stream, fed: feeding, to: Framing())
        #expect(found == Array(repeating: Array(Self.request[4...]), count: 3))
    }

    @Test(arguments: [0, 1, 9, 1001, -1, Int32.min, Int32.max]) func sizeOutOfLimitsIsRefused(size: Int32) {
        let bytes = withUnsafeBytes(of: size.bigEndian) { [UInt8]($0) }
        #expect(throws: WireError.self) { try bytes.withUnsafeBytes { _ = try requestFramer.next(in: $0) } }
    }

    @Test func responseMayHoldACorrelationIDOnly() throws {
        let framer = MessageFramer(messageBytesMin: MessageFramer.responseBytesMin, messageBytesMax: 1000)
        let bytes: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 7]
        #expect(try bytes.withUnsafeBytes { try framer.next(in: $0) } == .frame(body: 4..<8, totalBytes: 8))
    }
}
