import ConnectData
import WireCore

/// Which message of a .proto file a record holds (`MessageIndexes`): between the schema's id and the message.
enum ProtobufMessageIndexes {
    /// The maximum nesting of messages.
    private static let countMax = 64

    /// A single zero byte for the first message of the file.
    static func encoded(_ indexes: [Int]) -> [UInt8] {
        if indexes == [0] { return [0] }
        var writer = ByteWriter(capacityBytes: 16)
        writer.zigZagVarint(Int64(indexes.count))
        for index in indexes { writer.zigZagVarint(Int64(index)) }
        return writer.array()
    }

    /// - Returns: the indexes and the number of their bytes.
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> (indexes: [Int], count: Int) {
        var position = 0
        let count = try number(bytes, &position)
        if count == 0 { return ([0], position) }
        guard (0...countMax).contains(count) else { throw DataError("Invalid message indexes") }
        var indexes: [Int] = []
        for _ in 0..<count { indexes.append(try number(bytes, &position)) }
        return (indexes, position)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(DataError) -> Int {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[position...]))
        do throws(WireError) {
            let value = Int(try reader.zigZagVarint32())
            position += reader.offset
            return value
        } catch {
            throw DataError("Invalid message indexes")
        }
    }
}
