import WireCore

/// A kind of source connector that a worker can run: what Connect calls a plugin.
public protocol SourceConnector: Sendable {
    /// The Java class name by which configurations name it, for example `io.debezium.connector.mysql.MySqlConnector`.
    var className: String { get }
    /// The version whose behaviour is given under this configuration; an empty one asks for the newest.
    func version(for configuration: [String: String]) -> String

    /// Checks every property, connecting to the source where the real connector does.
    func validate(_ configuration: [String: String]) -> ConfigValidation

    /// The configurations of the tasks, at most `maximumTasks`. Throws where the real connector fails to start.
    func taskConfigurations(for configuration: [String: String], maximumTasks: Int) throws -> [[String: String]]

    /// Builds a task; it is created, run and released on one thread.
    func makeTask(_ configuration: [String: String], context: any SourceTaskContext) throws -> any SourceTask
}

/// One unit of work of a connector. It owns its thread: `run` blocks until it is stopped or fails.
public protocol SourceTask: AnyObject {
    /// Reads the source and emits records until `control.isStopping`, then returns. A thrown error fails the
    /// task; its description becomes the trace that REST shows.
    func run(sink: any RecordSink, control: TaskControl) throws
}

/// What the worker gives to a task.
public protocol SourceTaskContext: Sendable {
    var connectorName: String { get }
    var taskID: Int { get }
    /// The last committed offset of this source partition; nil where there is none.
    func storedOffset(for partition: JSONObject) throws -> JSONObject?
    /// How long a record may wait for its delivery (`delivery.timeout.ms` of the task's producer), nil: as long as it
    /// takes. Holds for whatever else the task writes to Kafka.
    var deliveryTimeoutMilliseconds: Int? { get }
}

/// Where a task's records go: transforms, converters, the producer. Used from the task's thread only.
public protocol RecordSink: AnyObject {
    /// Takes one record on. Blocks while the producer's buffer is full or the task is paused. Throws when a
    /// transform or converter fails, when delivery failed for good, or when the task is stopped while blocked
    /// (`CancellationError`).
    func emit(_ record: consuming SourceRecord) throws

    /// Says that `offset` stands for everything emitted so far: it may be committed once all of that is
    /// acknowledged. Also hands all buffered records to the network at once, so call it when the source has
    /// nothing more at hand, and every few thousand records besides.
    func checkpoint(partition: JSONObject, offset: JSONObject) throws

    /// Blocks until everything emitted so far is acknowledged by the brokers.
    func awaitDelivery() throws
}
