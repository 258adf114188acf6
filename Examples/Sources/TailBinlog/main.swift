// Prints the row changes of a server as they are committed. The account `root` needs no password.
//
//   swift run TailBinlog [HOST:PORT [COUNT]]     ends after COUNT changes; without it never
import MySQLWire

let arguments = CommandLine.arguments.dropFirst()
guard let server = SocketAddress(arguments.first ?? "localhost:3306") else {
    fatalError("the address of a server is HOST:PORT")
}
var remaining = arguments.dropFirst().first.flatMap { Int($0) } ?? .max

let configuration = MySQLConfiguration(address: server, user: "root")
let events = try await MySQLBinlogEvents.connect(configuration, serverID: 4711)
print("connected to \(server)")
for try await event in events where remaining > 0 {
    guard case .rows(let rows) = event.content else { continue }
    for change in rows.changes.prefix(remaining) {
        let values = (change.after ?? change.before ?? []).map(\.description).joined(separator: ", ")
        print("\(rows.kind) \(rows.table.database).\(rows.table.name): \(values)")
    }
    remaining -= rows.changes.count
    if remaining <= 0 { break }
}
events.close()
