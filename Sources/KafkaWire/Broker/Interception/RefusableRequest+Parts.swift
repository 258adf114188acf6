import KafkaProtocol

extension RefusableRequest {
    /// The request with those of its elements that are included, or nil if there are none.
    func keeping<Element>(
        _ elements: WritableKeyPath<Self, [Element]>, where isIncluded: (Element) -> Bool
    ) -> Self? {
        var part = self
        part[keyPath: elements] = self[keyPath: elements].filter(isIncluded)
        return part[keyPath: elements].isEmpty ? nil : part
    }

    /// The request with those of the parts of its elements that are included, or nil if there are none.
    func keeping<Element, Part>(
        _ elements: WritableKeyPath<Self, [Element]>, _ parts: WritableKeyPath<Element, [Part]>,
        where isIncluded: (Element, Part) -> Bool
    ) -> Self? {
        var part = self
        part[keyPath: elements] = self[keyPath: elements].keeping(parts, where: isIncluded)
        return part[keyPath: elements].isEmpty ? nil : part
    }

    /// The same, where the parts of its elements have parts.
    func keeping<Element, Part, Piece>(
        _ elements: WritableKeyPath<Self, [Element]>, _ parts: WritableKeyPath<Element, [Part]>,
        _ pieces: WritableKeyPath<Part, [Piece]>, where isIncluded: (Part, Piece) -> Bool
    ) -> Self? {
        var part = self
        part[keyPath: elements] = self[keyPath: elements].compactMap { element in
            var kept = element
            kept[keyPath: parts] = element[keyPath: parts].keeping(pieces, where: isIncluded)
            return kept[keyPath: parts].isEmpty ? nil : kept
        }
        return part[keyPath: elements].isEmpty ? nil : part
    }
}

extension Array {
    /// The elements with those of their parts that are included; those without one are left out.
    func keeping<Part>(
        _ parts: WritableKeyPath<Element, [Part]>, where isIncluded: (Element, Part) -> Bool
    ) -> [Element] {
        compactMap { element in
            var kept = element
            kept[keyPath: parts] = element[keyPath: parts].filter { isIncluded(element, $0) }
            return kept[keyPath: parts].isEmpty ? nil : kept
        }
    }

    /// Appends the other elements; the parts of one with a key that is present are appended to that one's.
    mutating func merge<Key: Equatable, Part>(
        _ other: [Element], by key: (Element) -> Key, _ parts: WritableKeyPath<Element, [Part]>
    ) {
        for element in other {
            if let index = firstIndex(where: { key($0) == key(element) }) {
                self[index][keyPath: parts] += element[keyPath: parts]
            } else {
                append(element)
            }
        }
    }
}
