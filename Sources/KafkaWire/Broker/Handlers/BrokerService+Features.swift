import KafkaProtocol

extension RequestHandler {
    static let updateFeatures = RequestHandler(UpdateFeaturesRequest.self) { service, request, context in
        service.updateFeatures(request, context)
    }
}

extension BrokerService {
    private func store(_ levels: [String: Int16]) throws(AdminError) {
        do throws(StorageError) {
            try features.set(levels)
        } catch {
            throw AdminError(error)
        }
    }

    /// UpdateFeatures: the version of transactions can be changed, and nothing else. All updates are made, or none.
    func updateFeatures(_ request: UpdateFeaturesRequest, _ context: RequestContext) -> UpdateFeaturesResponse {
        var response = UpdateFeaturesResponse()
        response.errorMessage = nil
        var levels: [String: Int16] = [:]
        do throws(AdminError) {
            for update in request.featureUpdates {
                try check(update, version: context.version)
                levels[update.feature] = update.maxVersionLevel
            }
            if !request.validateOnly { try store(levels) }
        } catch {
            response.errorCode = error.code
            response.errorMessage =
                "The update failed for all features since the following feature had an error: \(error.message)"
            return response
        }
        // Since version 2 there are no results of single features.
        if context.version < 2 {
            response.results = request.featureUpdates.map { update in
                var result = UpdateFeaturesResponse.UpdatableFeatureResult()
                result.feature = update.feature
                result.errorMessage = nil
                return result
            }
        }
        return response
    }

    private func check(_ update: UpdateFeaturesRequest.FeatureUpdateKey, version: Int16) throws(AdminError) {
        let (name, level) = (update.feature, update.maxVersionLevel)
        let invalid = "Invalid update version \(level) for feature \(name)."
        let feature = ClusterFeature.all(in: configuration.apiVersions.release).first { $0.name == name }
        let controller = "Local controller \(membership.controller)"
        guard let feature else {
            throw AdminError(.invalidUpdateVersion, "\(invalid) \(controller) does not support this feature.")
        }
        guard feature.supported.contains(level) else {
            throw AdminError(
                .invalidUpdateVersion,
                "\(invalid) \(controller) only supports versions \(feature.supported.lowerBound)-"
                    + "\(feature.supported.upperBound)")
        }
        let current = features.level(of: feature)
        if level == current { return }
        let mayDowngrade = version == 0 ? update.allowDowngrade : update.upgradeType > 1
        guard level > current || mayDowngrade else {
            throw AdminError(
                .invalidUpdateVersion,
                "\(invalid) Can't downgrade the version of this feature without setting the upgrade type to either safe "
                    + "or unsafe downgrade.")
        }
        guard feature == .transactionVersion else {
            throw AdminError(
                .invalidUpdateVersion, "\(invalid) The development broker can change transaction.version only.")
        }
    }
}
