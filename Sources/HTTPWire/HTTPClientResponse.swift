/// A response with its whole body.
package struct HTTPClientResponse: Equatable, Sendable {
    package let head: HTTPResponseHead
    package let body: [UInt8]
    package let trailers: [HTTPRequest.Header]
    /// Of the last request, after redirects.
    package let url: HTTPURL

    package var status: Int { head.status }
}
