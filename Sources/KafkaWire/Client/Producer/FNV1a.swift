/// The FNV-1a hash, by which librdkafka and Sarama select a key's partition.
enum FNV1a {
    static func partition(ofKey key: UnsafeRawBufferPointer, count: Int) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in key { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(Int32(bitPattern: hash).magnitude) % count
    }
}
