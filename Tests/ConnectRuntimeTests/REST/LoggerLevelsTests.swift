import Testing
import WireCore

@testable import ConnectRuntime

/// `/admin/loggers`, as Connect 4.3.1 answered. The logger names are used by these tests only, since levels apply to
/// the whole process.
@Suite struct LoggerLevelsTests {
    @Test func levelsAreSetAndReturnedAsConnectDoes() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        func put(_ name: String, _ body: String) throws -> WorkerHarness.Answer {
            try worker.call("PUT", "/admin/loggers/\(name)", body)
        }
        #expect(try put("app.log.par.one", #"{"level":"DEBUG"}"#).body == .array([.string("app.log.par.one")]))
        #expect(try put("app.log.par.two", #"{"level":"trace"}"#).body == .array([.string("app.log.par.two")]))
        let changed = try put("app.log.par", #"{"level":"WARN"}"#).body
        #expect(changed == .array(["app.log.par", "app.log.par.one", "app.log.par.two"].map { .string($0) }))
        #expect(try put("app.log.par", #"{"level":"WARN"}"#).body == .array([]))
        let one = try worker.call("GET", "/admin/loggers/app.log.par.one").body.objectValue
        #expect(one?["level"] == .string("WARN") && one?["last_modified"]?.integerValue != nil)
        let all = try #require(try worker.call("GET", "/admin/loggers").body.objectValue)
        #expect(all.names == all.names.sorted() && all["root"] != nil)
        #expect(all["app.log.par.two"]?.objectValue?["level"] == .string("WARN"))
    }

    @Test(arguments: [
        (#"{"level":"BOGUS"}"#, 404, "invalid log level 'BOGUS'."), (#"{"level":5}"#, 404, "invalid log level '5'."),
        ("{}", 400, "Desired 'level' parameter was not specified in request."),
        (#"{"level":null}"#, 400, "Desired 'level' parameter was not specified in request."),
    ])
    func wrongLevelsAreRefused(body: String, status: Int, message: String) throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("PUT", "/admin/loggers/app.log.level", body)
        #expect(answer.status == status && answer.body.objectValue?["message"] == .string(message))
        let missing = try worker.call("GET", "/admin/loggers/app.log.level")
        #expect(missing.status == 404)
        #expect(missing.body.objectValue?["message"] == .string("Logger app.log.level not found."))
        #expect(try worker.call("PUT", "/admin/loggers/app.log.level", "[]").status == 500)
    }

    @Test func levelForTheClusterReachesWorkersThroughTheConfigTopic() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("PUT", "/admin/loggers/app.log.cluster?scope=cluster", #"{"level":"FATAL"}"#)
        #expect(answer.status == 204)
        let shown = try worker.eventually("GET", "/admin/loggers/app.log.cluster", until: { $0.status == 200 })
        #expect(shown.body.objectValue?["level"] == .string("FATAL"))
    }

    @Test func unknownScopeIsTheWorker() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("PUT", "/admin/loggers/app.log.scope?scope=bogus", #"{"level":"DEBUG"}"#)
        #expect(answer.status == 200 && answer.body == .array([.string("app.log.scope")]))
    }

    @Test func metricsArePrometheusText() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        MetricsRegistry.shared.counter("test_metrics_total", help: "Counted by a test.").add(3)
        let answer = try worker.call("GET", "/metrics", headers: ["Accept": "application/openmetrics-text,text/plain"])
        #expect(answer.status == 200)
        #expect(answer.body.stringValue?.contains("# TYPE test_metrics_total counter\ntest_metrics_total 3\n") == true)
    }
}
