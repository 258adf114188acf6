/// A natural number of any size in base 10^9, least significant group first.
struct DecimalDigits: CustomStringConvertible {
    private var groups: [UInt32]
    private static let base: UInt64 = 1_000_000_000

    init(_ value: UInt64) {
        groups = []
        var rest = value
        repeat {
            groups.append(UInt32(rest % Self.base))
            rest /= Self.base
        } while rest > 0
    }

    mutating func multiply(by factor: UInt32) {
        var carry: UInt64 = 0
        for index in groups.indices {
            let product = UInt64(groups[index]) * UInt64(factor) + carry
            groups[index] = UInt32(product % Self.base)
            carry = product / Self.base
        }
        if carry > 0 { groups.append(UInt32(carry)) }
    }

    var description: String {
        var text = String(groups.last ?? 0)
        for group in groups.dropLast().reversed() {
            let digits = String(group)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }
}
