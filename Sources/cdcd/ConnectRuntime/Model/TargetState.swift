/// What users want of a connector.
enum TargetState: String, Sendable { case started = "STARTED", paused = "PAUSED", stopped = "STOPPED" }
