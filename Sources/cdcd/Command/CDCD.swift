@main
struct CDCD {
    static func main() {}
}
