/// What keeps a worker from starting or going on: what, where, why and the remedy.
struct WorkerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
