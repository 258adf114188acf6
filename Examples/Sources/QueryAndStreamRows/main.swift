// Inserts rows into a table and streams them back. The account `root` needs no password.
//
//   swift run QueryAndStreamRows [HOST:PORT]
import MySQLWire

guard let server = SocketAddress(CommandLine.arguments.dropFirst().first ?? "localhost:3306") else {
    fatalError("the address of a server is HOST:PORT")
}
let client = try await MySQLClient.connect(MySQLConfiguration(address: server, user: "root"))
try await client.execute("CREATE DATABASE IF NOT EXISTS examples")
try await client.execute(
    """
    CREATE TABLE IF NOT EXISTS examples.products
        (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL, price DECIMAL(8, 2), added DATE NOT NULL)
    """)
let result = try await client.execute(
    "INSERT INTO examples.products (name, price, added) VALUES ('cup', 4.20, CURDATE()), ('plate', NULL, CURDATE())")
print("\(result.affectedRows) rows inserted, the first with the id \(result.lastInsertID)")

// Rows are received in batches as the loop proceeds; memory does not grow with the result.
for try await row in try await client.query("SELECT * FROM examples.products WHERE id >= \(result.lastInsertID)") {
    let (name, added) = (try row.get("name", as: String.self), try row.get("added", as: MySQLDate.self))
    let price = try row.get("price", as: String?.self) ?? "unknown"
    print("\(name): price \(price), added in \(added.year)")
}
await client.close()
