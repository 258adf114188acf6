import Testing
import WireTestSupport

@testable import ConnectData

@Suite struct JAASConfigurationTests {
    private static func decode(_ text: Substring) -> String {
        var units: [UInt16] = []
        var rest = Array(text.utf16)[...]
        while let unit = rest.popFirst() {
            if unit == 0x25, let code = UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16) {
                units.append(code)
                rest = rest.dropFirst(4)
            } else {
                units.append(unit)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    @Test func valuesAreParsedAsByKafka() throws {
        let lines = try Fixtures.text("java/jaas.txt").split(separator: "\n")
        #expect(lines.count > 140)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.decode)
            let rest = fields.dropFirst(2)
            do throws(JAASError) {
                let found = try JAASConfiguration(parsing: fields[0])
                let options = found.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                #expect([found.loginModule, found.controlFlag.rawValue] + options == Array(rest), "\(line)")
                #expect(fields[1] == "=", "\(line)")
            } catch {
                #expect(fields[1] == "!" && error.javaMessage == rest.first, "\(line): \(error)")
            }
        }
    }

    @Test func errorsNameThePositionButNotTheValue() {
        let error = #expect(throws: JAASError.self) {
            try JAASConfiguration(parsing: "a.B required password=\"se\"cret\";")
        }
        #expect(error?.javaMessage == "Value not specified for key 'cret' in JAAS config")
        #expect(error?.description == "Value not specified for a key in JAAS config (at character 31)")
    }

    @Test func descriptionsHideTheOptions() throws {
        let found = try JAASConfiguration(parsing: "a.B required username=\"u\" password=\"secret\";")
        #expect("\(found)" == "a.B required password=[hidden] username=[hidden];")
        var dumped = ""
        dump(found, to: &dumped)
        #expect(!dumped.contains("secret") && !String(reflecting: found).contains("secret"))
    }
}
