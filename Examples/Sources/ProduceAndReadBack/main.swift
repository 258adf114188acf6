// Stores three records in a topic and reads them back.
//
//   swift run ProduceAndReadBack [HOST:PORT]
import KafkaWire

guard let broker = SocketAddress(CommandLine.arguments.dropFirst().first ?? "localhost:9092") else {
    fatalError("the address of a broker is HOST:PORT")
}
let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker], clientID: "example"))
let producer = KafkaProducer(client)

let records = ["paid", "packed", "shipped"].map { KafkaRecord(topic: "orders", key: "42", value: $0) }
let stored = try await producer.send(records)
guard let first = stored.first?.offset, let last = stored.last?.offset else { fatalError("no record was stored") }

// Records with the same key are in the same partition, in order.
for try await record in client.records(topic: "orders", partition: stored[0].partition, from: .offset(first)) {
    print("offset \(record.offset): \(String(decoding: record.value ?? [], as: UTF8.self))")
    if record.offset == last { break }
}
producer.close(timeoutMilliseconds: 5_000)
client.close()
