import WireCore

/// Nodes and leaders: stopping, starting and moving.
extension BrokerControl {
    var nodeResources: [Resource] {
        [
            Resource(path: ["nodes"], methods: ["GET": { _, _ in Answer(200, .array(nodes)) }]),
            Resource(
                path: ["nodes", "*", "stop"],
                methods: [
                    "POST": { (arguments, _) throws(ControlError) in
                        try changeNode(arguments[0]) { (id) throws(BrokerClusterError) in
                            try broker.cluster.stop(node: id)
                        }
                    }
                ]),
            Resource(
                path: ["nodes", "*", "start"],
                methods: [
                    "POST": { (arguments, _) throws(ControlError) in
                        try changeNode(arguments[0]) { (id) throws(BrokerClusterError) in
                            try broker.cluster.start(node: id)
                        }
                    }
                ]),
            Resource(
                path: ["leaders", "preferred"],
                methods: [
                    "POST": { (_, _) throws(ControlError) in
                        do throws(BrokerClusterError) {
                            try broker.cluster.electPreferredLeaders()
                        } catch { throw Self.refusal(error) }
                        return Answer(204)
                    }
                ]),
            Resource(
                path: ["leaders", "*", "*"],
                methods: [
                    "GET": { (arguments, _) throws(ControlError) in
                        try leader(arguments[0], try Self.number(arguments[1]))
                    },
                    "PUT": { (arguments, body) throws(ControlError) in
                        try moveLeader(arguments[0], try Self.number(arguments[1]), body)
                    },
                ]),
        ]
    }

    private var nodes: [JSONValue] {
        broker.cluster.nodes.map { node in
            .object([
                "id": .integer(Int64(node.id)), "running": .bool(node.isRunning),
                "listeners": Self.document(node.addresses),
            ])
        }
    }

    private func changeNode(
        _ text: String, _ change: (Int32) throws(BrokerClusterError) -> Void
    ) throws(ControlError) -> Answer {
        let id = try Self.number(text)
        do throws(BrokerClusterError) { try change(id) } catch { throw Self.refusal(error) }
        return Answer(200, nodes[Int(id) - 1])
    }

    private func leader(_ topic: String, _ partition: Int32) throws(ControlError) -> Answer {
        do throws(BrokerClusterError) {
            let leader = try broker.cluster.leader(ofTopic: topic, partition: partition)
            return Answer(
                200, .object(["node": .integer(Int64(leader.node)), "epoch": .integer(Int64(leader.epoch))]))
        } catch { throw Self.refusal(error) }
    }

    private func moveLeader(
        _ topic: String, _ partition: Int32, _ body: [UInt8]
    ) throws(ControlError) -> Answer {
        let document = try Self.document(body)
        guard let members = document.objectValue?.members, members.count == 1,
            let node = document.objectValue?["node"]?.integerValue.flatMap({ Int32(exactly: $0) })
        else { throw ControlError(400, "The body is not of the form {\"node\": 2}", field: "node") }
        do throws(BrokerClusterError) {
            try broker.cluster.moveLeader(ofTopic: topic, partition: partition, to: node)
        } catch { throw Self.refusal(error) }
        return try leader(topic, partition)
    }

    private static func number(_ text: String) throws(ControlError) -> Int32 {
        guard let number = Int32(text) else { throw ControlError(404, "\(text) is not a number") }
        return number
    }

    private static func refusal(_ error: BrokerClusterError) -> ControlError {
        switch error {
        case .unknownNode, .unknownPartition: ControlError(404, "\(error)")
        case .nodeStopped: ControlError(409, "\(error)")
        case .listener, .storage: ControlError(500, "\(error)")
        }
    }
}
