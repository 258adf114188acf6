/// The state in which users want a connector to be.
enum TargetState: String, Sendable { case started = "STARTED", paused = "PAUSED", stopped = "STOPPED" }
