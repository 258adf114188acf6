import ConnectData
import DebeziumPlugins
import Testing
import WireCore

@testable import BinlogSource

@Suite struct SourceOffsetTests {
    private func decode(_ text: String) throws -> SourceOffset {
        guard case .object(let object) = try JSONValue.parse(text) else {
            Issue.record("no object")
            return SourceOffset(file: "", position: 0)
        }
        return try SourceOffset(object)
    }

    @Test func offsetsOfBothGenerationsAreDecoded() throws {
        let modern = try decode(
            #"{"ts_sec":1,"file":"binlog.000001","pos":1310,"gtids":"u:1-5,\nv:1-2","row":1,"server_id":1,"event":2}"#)
        #expect(modern == SourceOffset(
            file: "binlog.000001", position: 1310, gtids: "u:1-5,v:1-2", eventCount: 2, rowCount: 1, serverID: 1,
            timestampSeconds: 1))
        let old = try decode(#"{"transaction_id":null,"ts_sec":1,"file":"b","pos":4,"snapshot":true}"#)
        #expect(old.phase == .snapshotRunning)
        #expect(old.gtids == nil)
        #expect(try decode(#"{"file":"b","pos":4,"snapshot":"INITIAL"}"#).phase == .snapshotRunning)
    }

    @Test func encodedOffsetsAreDecodedAgain() throws {
        for phase in [SourceOffset.Phase.streaming, .snapshotRunning] {
            let offset = SourceOffset(
                file: "b.000007", position: 99, gtids: "", eventCount: 3, rowCount: 1, serverID: 7, timestampSeconds: 8,
                phase: phase)
            #expect(try SourceOffset(offset.encoded(for: .v19)) == offset)
            #expect(try SourceOffset(offset.encoded(for: .v36)) == offset)
        }
    }

    @Test func snapshotOffsetsAreMarkedAsInTheirGeneration() {
        var offset = SourceOffset(file: "b", position: 4, phase: .snapshotRunning)
        #expect(offset.encoded(for: .v19) == ["file": .string("b"), "pos": .integer(4), "snapshot": .bool(true)])
        #expect(offset.encoded(for: .v36) == ["file": .string("b"), "pos": .integer(4), "snapshot": .string("INITIAL")])
        offset.phase = .snapshotFinished
        #expect(offset.encoded(for: .v19) == ["file": .string("b"), "pos": .integer(4)])
    }

    @Test func invalidOffsetsAreRefusedByName() throws {
        #expect(throws: ConnectorError.self) { try decode(#"{"pos":4}"#) }
        do {
            _ = try decode(#"{"file":"b","pos":"here"}"#)
            Issue.record("accepted an invalid position")
        } catch let error as ConnectorError {
            #expect(error.summary == "Source offset 'pos' parameter value \"here\" could not be converted to a long")
        }
        do {
            _ = try decode(#"{"file":"b","pos":4,"incremental_snapshot_primary_key":"aced"}"#)
            Issue.record("ignored an incremental snapshot")
        } catch let error as ConnectorError {
            #expect(error.summary.contains("incremental snapshot"))
        }
    }
}
