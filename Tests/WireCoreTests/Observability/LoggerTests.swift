import Synchronization
import Testing
import WireCore

@Suite struct LoggerTests {
    private final class Lines: LogHandler {
        let lines = Mutex<[String]>([])

        func write(level: LogLevel, logger: String, context: String, message: String) {
            lines.withLock { $0.append("\(level.name) \(context)\(message) (\(logger))") }
        }
    }

    @Test func newLoggersInheritFromTheLongestDottedPrefix() {
        let system = LogSystem()
        _ = system.setLevel(.warn, of: "org.apache", nowMilliseconds: 1)
        _ = system.setLevel(.debug, of: "org.apache.kafka", nowMilliseconds: 2)
        #expect(Logger("org.apache.kafka.clients.NetworkClient", system: system).isEnabled(.debug))
        #expect(!Logger("org.apache.kafkaesque", system: system).isEnabled(.info))
        #expect(Logger("org.apache.kafkaesque", system: system).isEnabled(.warn))
        #expect(Logger("io.debezium", system: system).isEnabled(.info))
        #expect(!Logger("io.debezium", system: system).isEnabled(.debug))
    }

    @Test func levelChangesReachLoggersThatExistAndOnlyChangesAreListed() {
        let system = LogSystem()
        let (one, two) = (Logger("app.one", system: system), Logger("app.two", system: system))
        #expect(system.setLevel(.debug, of: "app", nowMilliseconds: 5) == ["app", "app.one", "app.two"])
        #expect(one.isEnabled(.debug) && two.isEnabled(.debug))
        #expect(system.setLevel(.debug, of: "app", nowMilliseconds: 6) == [])
        #expect(system.logger(named: "app.one")?.lastModifiedMilliseconds == 5)
        #expect(system.setLevel(.error, of: "app.two", nowMilliseconds: 7) == ["app.two"])
        #expect(one.isEnabled(.debug) && !two.isEnabled(.warn))
        #expect(system.setLevel(.info, of: "app.new", nowMilliseconds: 8) == ["app.new"])
        let all = system.setLevel(.off, of: "ROOT", nowMilliseconds: 9)
        #expect(all == ["app", "app.new", "app.one", "app.two", "root"])
        #expect(!one.isEnabled(.fatal))
    }

    /// As in Connect, which compares prefixes without regard to dots.
    @Test func levelAppliesToNamesWithThePrefix() {
        let system = LogSystem()
        _ = (Logger("zz.app.a.b", system: system), Logger("zz.app.ab", system: system))
        #expect(system.setLevel(.error, of: "zz.app.a", nowMilliseconds: 1) == ["zz.app.a", "zz.app.a.b", "zz.app.ab"])
    }

    @Test func unknownNamesHaveNoLevel() {
        let system = LogSystem()
        #expect(system.logger(named: "unknown") == nil)
        #expect(system.logger(named: "root")?.level == .info)
        _ = Logger("somebody", system: system)
        #expect(system.loggers.map(\.name) == ["root", "somebody"])
        #expect(system.loggers.allSatisfy { $0.level == .info && $0.lastModifiedMilliseconds == nil })
    }

    @Test func messageOfALevelThatIsOffIsNotBuilt() {
        let (system, lines) = (LogSystem(), Lines())
        system.install(lines)
        let logger = Logger("app", context: "[c|task-0] ", system: system)
        func unwanted() -> String {
            Issue.record("built")
            return ""
        }
        logger.debug(unwanted())
        logger.info("hello")
        system.level = .warn
        logger.with(context: "").info(unwanted())
        #expect(lines.lines.withLock { $0 } == ["INFO [c|task-0] hello (app)"])
    }

    @Test(arguments: [("trace", LogLevel.trace), ("ALL", .all), ("Off", .off)])
    func levelNamesAreReadInAnyCase(name: String, level: LogLevel) {
        #expect(LogLevel(name: name) == level)
        #expect(LogLevel(name: "loud") == nil)
    }
}
