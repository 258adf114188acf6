import HTTPWire

extension RESTEndpoint {
    /// The REST API: the endpoints of Connect 4.3, and ours.
    static let all: [RESTEndpoint] = worker + connectors + plugins + administration

    private static let worker = [
        RESTEndpoint("/", Operation("GET", "version, commit and the Kafka cluster's id") { service, _ in
            try service.showWorker()
        }),
        RESTEndpoint(
            "/health",
            Operation("GET", "whether the worker has started, responds, and can commit the offsets of its tasks") {
                service, _ in service.showHealth()
            }),
        RESTEndpoint(
            "/metrics",
            Operation("GET", "counters of the worker and its tasks in the text format of Prometheus", isJSON: false) {
                service, _ in service.showMetrics()
            }),
    ]

    private static let connectors = [
        RESTEndpoint(
            "/connectors",
            Operation("POST", "creates: 201, 400 for an invalid configuration, 409 for a name that exists") {
                try $0.create($1.request)
            },
            Operation("GET", "names; with `?expand=status` and `?expand=info` states and configurations") {
                try $0.list($1.query)
            }),
        RESTEndpoint(
            "/connectors/{connector}",
            Operation("GET", "configuration, tasks, type") { try $0.show($1.connector) },
            Operation("DELETE", "204; the offsets are kept, so that a new connector of that name resumes from them") {
                try $0.delete($1.connector)
            }),
        RESTEndpoint(
            "/connectors/{connector}/config",
            Operation("GET", "the configuration") { try $0.showConfig($1.connector) },
            Operation("PUT", "creates (201) or replaces (200)") { try $0.put($1.connector, $1.request) },
            Operation("PATCH", "changes single keys; null removes one") { try $0.patch($1.connector, $1.request) }),
        RESTEndpoint(
            "/connectors/{connector}/status",
            Operation("GET", "states of the connector and its tasks, with the trace of a failure") {
                try $0.showStatus($1.connector)
            }),
        RESTEndpoint(
            "/connectors/{connector}/tasks",
            Operation("GET", "the tasks and their configurations") { try $0.showTasks($1.connector) },
            Operation("POST", "internal, between workers; 501 if the signature is valid") { service, call in
                try service.refuseInternal(call.request, "POST /connectors/{connector}/tasks")
            }),
        RESTEndpoint(
            "/connectors/{connector}/tasks/{task:number}/status",
            Operation("GET", "one task's state") { try $0.showTaskStatus($1.taskID) }),
        RESTEndpoint(
            "/connectors/{connector}/tasks/{task:number}/restart",
            Operation("POST", "204") { try $0.restartTask($1.taskID) }),
        RESTEndpoint(
            "/connectors/{connector}/restart",
            Operation("POST", "204, or 202 with `includeTasks` or `onlyFailed`") {
                try $0.restart($1.connector, $1.query)
            }),
        RESTEndpoint("/connectors/{connector}/pause", Operation("PUT", "202") { try $0.pause($1.connector) }),
        RESTEndpoint("/connectors/{connector}/resume", Operation("PUT", "202") { try $0.resume($1.connector) }),
        RESTEndpoint("/connectors/{connector}/stop", Operation("PUT", "204") { try $0.stop($1.connector) }),
        RESTEndpoint(
            "/connectors/{connector}/topics",
            Operation("GET", "the topics that it has written to") { try $0.showTopics($1.connector) }),
        RESTEndpoint(
            "/connectors/{connector}/topics/reset",
            Operation("PUT", "resets the list of topics") { try $0.resetTopics($1.connector) }),
        RESTEndpoint(
            "/connectors/{connector}/offsets",
            Operation("GET", "its stored offsets") { try $0.showOffsets($1.connector) },
            Operation("PATCH", "changes offsets; the connector must be stopped") {
                try $0.alterOffsets($1.connector, $1.request)
            },
            Operation("DELETE", "removes all offsets; the connector must be stopped") {
                try $0.resetOffsets($1.connector)
            }),
        RESTEndpoint(
            "/connectors/{connector}/fence",
            Operation("PUT", "internal, between workers; 501 if the signature is valid") { service, call in
                try service.refuseInternal(call.request, "PUT /connectors/{connector}/fence")
            }),
    ]

    private static let plugins = [
        RESTEndpoint(
            "/connector-plugins",
            Operation(
                "GET", "the connectors and their versions; with `?connectorsOnly=false` also transforms and converters"
            ) { $0.listPlugins($1.query) }),
        RESTEndpoint(
            "/connector-plugins/{class}/config",
            Operation("GET", "the definitions of its options; `class` is any plugin") {
                try $0.showPluginConfig($1.parameter("class"), $1.query)
            }),
        RESTEndpoint(
            "/connector-plugins/{class}/config/validate",
            Operation("PUT", "every option with its value and errors", needsMembership: false) {
                try $0.validate($1.parameter("class"), $1.request)
            }),
    ]

    private static let administration = [
        RESTEndpoint("/admin/loggers", Operation("GET", "all loggers and their levels") { service, _ in
            service.showLoggers()
        }),
        RESTEndpoint(
            "/admin/loggers/{logger}",
            Operation("GET", "one logger's level") { try $0.showLogger($1.parameter("logger")) },
            Operation(
                "PUT", "sets the level of all loggers with this name prefix; with `?scope=cluster` on all workers",
                needsMembership: false
            ) { try $0.setLoggerLevel($1.parameter("logger"), $1.request, $1.query) }),
    ]
}
