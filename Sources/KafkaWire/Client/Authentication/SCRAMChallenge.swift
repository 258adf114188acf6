import WireCore
import WireStreams

/// The broker's first message in SCRAM: `r=NONCE,s=SALT,i=ITERATIONS`, and perhaps extensions, which a client ignores
/// (RFC 5802, section 7).
struct SCRAMChallenge: Equatable {
    let nonce: String
    let salt: [UInt8]
    let iterations: Int

    init(_ message: String) throws(SASLError) {
        let attributes = SCRAM.attributes(of: message)
        switch attributes.first {
        case ("e", let reason)?:
            throw SASLError("the broker has refused the authentication: \(SASLError.printable(reason))")
        // RFC 5802, section 5.1: a mandatory extension that is not known must fail.
        case ("m", _)?: throw SASLError("the broker requires an extension of SCRAM that is not supported")
        default: break
        }
        guard attributes.count >= 3, attributes[0].name == "r", attributes[1].name == "s", attributes[2].name == "i",
            !attributes[0].value.isEmpty
        else { throw SASLError("the broker's first message is not a message of SCRAM") }
        guard let salt = Base64.decode(attributes[1].value), !salt.isEmpty else {
            throw SASLError("the broker's salt is not valid base64")
        }
        let digits = attributes[2].value
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let iterations = Int(digits), iterations > 0
        else { throw SASLError("the broker's number of iterations is not a number") }
        nonce = attributes[0].value
        self.salt = salt
        self.iterations = iterations
    }
}
