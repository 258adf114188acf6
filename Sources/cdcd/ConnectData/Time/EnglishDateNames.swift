/// The names of Java's locale `en`.
enum EnglishDateNames {
    /// Short, which is how they are written, then long.
    static let eras = [["BC", "AD"], ["Before Christ", "Anno Domini"]]
    /// Short, then long.
    static let months = [
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December",
        ],
    ]
    /// Short, then long, from Sunday.
    static let weekdays = [
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    ]
    static let halves = ["AM", "PM"]
}
