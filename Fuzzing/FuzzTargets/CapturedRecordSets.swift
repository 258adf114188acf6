import KafkaProtocol
import KafkaTestSupport
import KafkaWire
import WireCore

extension CapturedExchange {
    /// The record batches of a produce request or a fetch response.
    func recordSets() throws -> [[UInt8]] {
        let version = header.apiVersion
        guard header.apiKey.versions?.contains(version) == true else { return [] }
        switch header.apiKey {
        case .produce:
            return try body.withUnsafeBytes { bytes in
                try ProduceRequest.decode(ByteReader(bytes), version: version).topicData
                    .flatMap { $0.partitionData.compactMap(\.records) }
            }
        case .fetch:
            guard let answer = try responseBody() else { return [] }
            return try answer.withUnsafeBytes { bytes in
                try FetchResponse.decode(ByteReader(bytes), version: version).responses
                    .flatMap { $0.partitions.compactMap(\.records) }
            }
        default: return []
        }
    }
}
