import Foundation

/// Functions on numbers that both languages have.
enum ScriptMath {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
