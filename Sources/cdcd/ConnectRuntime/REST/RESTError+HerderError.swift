extension RESTError {
    /// The response to a request that the herder refused.
    init(_ error: HerderError) {
        let status =
            switch error {
            case .badRequest: 400
            case .notFound: 404
            case .conflict, .outsideGroup, .notLeader: 409
            case .failed, .timedOut: 500
            case .shuttingDown: 503
            }
        self.init(status, error.description)
    }
}
