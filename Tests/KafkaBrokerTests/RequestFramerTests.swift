import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

private struct Framing: StreamDecoder {
    let framer = RequestFramer(requestBytesMax: 1000)

    mutating func next(in arrived: UnsafeRawBufferPointer) throws -> (message: [UInt8], consumedBytes: Int)? {
        switch try framer.next(in: arrived) {
        case .needMore(let bytes):
            #expect(bytes > arrived.count)
            return nil
        case .frame(let range): return ([UInt8](arrived[range]), range.upperBound)
        }
    }
}

@Suite struct RequestFramerTests {
    /// ApiVersions v0, correlation id 7, no client id, as the protocol guide lays it out.
    private static let request: [UInt8] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xFF, 0xFF]

    @Test(arguments: Feeding.all) func requestsComeOutHoweverTheyArrive(_ feeding: Feeding) throws {
        let stream = Self.request + Self.request + Self.request
        let found = try messages(of: stream, fed: feeding, to: Framing())
        #expect(found == Array(repeating: Array(Self.request[4...]), count: 3))
    }

    @Test(arguments: [0, 1, 9, 1001, -1, Int32.min, Int32.max]) func impossibleSizesAreRefused(size: Int32) {
        let bytes = withUnsafeBytes(of: size.bigEndian) { [UInt8]($0) }
        #expect(throws: WireError.self) {
            try bytes.withUnsafeBytes { _ = try RequestFramer(requestBytesMax: 1000).next(in: $0) }
        }
    }
}
