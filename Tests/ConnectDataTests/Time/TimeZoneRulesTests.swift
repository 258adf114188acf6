import ConnectData
import Testing
import WireCore
import WireTestSupport

@Suite struct TimeZoneRulesTests {
    /// Every name, at random instants and around changes of the offset.
    @Test func offsetsEqualPythonsForEveryZone() throws {
        let lines = try Fixtures.text("time-zones/offsets.txt").split(separator: "\n")
        #expect(lines.count > 590)
        for line in lines {
            let fields = line.split(separator: " ")
            let rules = try #require(TimeZoneRules(named: String(fields[0])), "\(fields[0])")
            for sample in fields.dropFirst() {
                let numbers = sample.split(separator: ":").compactMap { Int64($0) }
                #expect(Int64(rules.offsetSeconds(at: numbers[0])) == numbers[1], "\(fields[0]) at \(numbers[0])")
            }
        }
        #expect(lines.map { String($0.prefix { $0 != " " }) } == TimeZoneRules.knownNames)
    }

    /// Gaps and overlaps included.
    @Test func localTimesAreResolvedAsInJava() throws {
        let lines = try Fixtures.text("java/local-times.txt").split(separator: "\n")
        #expect(lines.count > 280)
        for line in lines {
            let fields = line.split(separator: " ").map(String.init)
            let rules = try #require(TimeZoneRules(named: fields[0]))
            let parts = fields[1].split { "-T:".contains($0) }.compactMap { Int64($0) } + [0]
            let days = CivilDate.daysSinceEpoch(year: parts[0], month: parts[1], day: parts[2])
            let found = rules.resolve(localSeconds: days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5])
            #expect(Int64(found.offsetSeconds) == Int64(fields[2]), "\(line)")
            #expect(found.instant == Int64(fields[3]), "\(line)")
        }
    }

    @Test func localTimesResolveToTheirInstants() throws {
        for name in ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Seoul", "Africa/Casablanca"] {
            let rules = try #require(TimeZoneRules(named: name))
            var instant: Int64 = -3_000_000_000
            while instant < 4_500_000_000 {
                let offset = rules.offsetSeconds(at: instant)
                let back = rules.resolve(localSeconds: instant + Int64(offset))
                // The second of two equal local times resolves to the first.
                #expect(back.instant == instant || rules.offsetSeconds(at: back.instant) > offset, "\(name) \(instant)")
                instant += 86_400 * 31 + 1800
            }
        }
    }

    @Test(arguments: [
        ("Z", 0), ("UTC", 0), ("GMT", 0), ("+9", 32_400), ("+09", 32_400), ("+09:00", 32_400), ("-0330", -12_600),
        ("UTC+09:00", 32_400), ("GMT-5", -18_000), ("UT+01:02:03", 3723), ("+18:00", 64_800), ("+000001", 1),
    ])
    func fixedOffsetsAreParsed(_ name: String, _ seconds: Int32) throws {
        let rules = try #require(TimeZoneRules(named: name))
        #expect(rules.isFixed)
        #expect(rules.offsetSeconds(at: 1_700_000_000) == seconds)
    }

    @Test(arguments: [
        "", "Europe", "europe/berlin", "Europe/Berlin ", "+", "+1:00", "+18:01", "+09:60", "+123", "++9", "UTC9", "Nowhere/At All",
        "+٩", "|", "Asia/Seoul ROK",
    ])
    func invalidZoneNamesAreNil(_ name: String) { #expect(TimeZoneRules(named: name) == nil) }

    @Test func extremeInstantsDoNotOverflow() throws {
        let rules = try #require(TimeZoneRules(named: "Europe/Berlin"))
        for instant in [Int64.min, -2_000_000_000_000_000, 2_000_000_000_000_000, Int64.max] {
            _ = rules.offsetSeconds(at: instant)
            _ = rules.resolve(localSeconds: instant)
        }
        #expect([3600, 7200].contains(rules.offsetSeconds(at: 999_999_999_999_999)))
    }
}
