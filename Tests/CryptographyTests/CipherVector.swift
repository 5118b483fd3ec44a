import Coding
import Testing

/// A published message under AES-256-GCM with a 96-bit nonce and a 128-bit tag.
struct CipherVector: Sendable, CustomTestStringConvertible {
    let name: String
    let key: String
    let nonce: String
    let associatedData: String
    let plaintext: String
    let ciphertext: String
    let tag: String

    var testDescription: String { name }

    init(
        _ name: String, key: String, nonce: String, associatedData: String = "", plaintext: String = "",
        ciphertext: String = "", tag: String
    ) {
        self.name = name
        self.key = key
        self.nonce = nonce
        self.associatedData = associatedData
        self.plaintext = plaintext
        self.ciphertext = ciphertext
        self.tag = tag
    }

    /// The test cases for 256-bit keys in appendix B of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)",
    /// the submission to NIST.
    static let submission = [
        CipherVector(
            "GCM submission, case 13", key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        CipherVector(
            "GCM submission, case 14", key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16), ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        CipherVector(
            "GCM submission, case 15", key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c"),
        CipherVector(
            "GCM submission, case 16", key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888", associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    /// From gcmEncryptExtIV256.rsp of NIST's Cryptographic Algorithm Validation Program (CAVS 14.0).
    static let encryption = [
        CipherVector(
            "CAVS, PTlen 0, AADlen 0, 0", key: "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            nonce: "516c33929df5a3284ff463d7", tag: "bdc1ac884d332457a1d2664f168c76f0"),
        CipherVector(
            "CAVS, PTlen 0, AADlen 128, 0", key: "78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223",
            nonce: "d79cf22d504cc793c3fb6c8a", associatedData: "b96baa8c1c75a671bfb2d08d06be5f36",
            tag: "3e5d486aa2e30b22e040b85723a06e76"),
        CipherVector(
            "CAVS, PTlen 0, AADlen 160, 0", key: "886cff5f3e6b8d0e1ad0a38fcdb26de97e8acbe79f6bed66959a598fa5047d65",
            nonce: "3a8efa1cd74bbab5448f9945", associatedData: "519fee519d25c7a304d6c6aa1897ee1eb8c59655",
            tag: "f6d47505ec96c98a42dc3ae719877b87"),
        CipherVector(
            "CAVS, PTlen 128, AADlen 0, 0", key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
            nonce: "0d18e06c7c725ac9e362e1ce", plaintext: "2db5168e932556f8089a0622981d017d",
            ciphertext: "fa4362189661d163fcd6a56d8bf0405a", tag: "d636ac1bbedd5cc3ee727dc2ab4a9489"),
        CipherVector(
            "CAVS, PTlen 128, AADlen 128, 0", key: "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
            nonce: "ac93a1a6145299bde902f21a", associatedData: "1e0889016f67601c8ebea4943bc23ad6",
            plaintext: "2d71bcfa914e4ac045b2aa60955fad24", ciphertext: "8995ae2e6df3dbf96fac7b7137bae67f",
            tag: "eca5aa77d51d4a0a14d9c51e1da474ab"),
        CipherVector(
            "CAVS, PTlen 128, AADlen 128, 1", key: "7da3bccaffb3464178ca7c722379836db50ce0bfb47640b9572163865332e486",
            nonce: "c04fd2e701c3dc62b68738b3", associatedData: "fec0311013202e4ffdc4204926ae0ddf",
            plaintext: "fd671cab1ee21f0df6bb610bf94f0e69", ciphertext: "6be61b17b7f7d494a7cdf270562f37ba",
            tag: "5e702a38323fe1160b780d17adad3e96"),
        CipherVector(
            "CAVS, PTlen 128, AADlen 128, 2", key: "a359b9584beec189527f8842dda6b6d4c6a5db2f889635715fa3bcd7967c0a71",
            nonce: "8616c4cde11b34a944caba32", associatedData: "e1796fca20cb3d3ab0ade69b2a18891e",
            plaintext: "33a46b7539d64c6e1bdb91ba221e3007", ciphertext: "b0d316e95f3f3390ba10d0274965c62b",
            tag: "aeaedcf8a012cc32ef25a62790e9334c"),
        CipherVector(
            "CAVS, PTlen 128, AADlen 128, 3", key: "8c83238e7b3b58278200b54940d779d0a0750673aab0bf2f5808dd15dc1a8c49",
            nonce: "70f8f4ebe408f61a35077956", associatedData: "e1cbf83924f1b8d1014b97db56c25a15",
            plaintext: "6e57f8572dd5b2247410f0d4c7424186", ciphertext: "4a11acb9611251df01f79f16f8201ffb",
            tag: "9732be4ad0569586753d90fabb06f62c"),
    ]

    /// The messages of gcmDecrypt256.rsp (as above) that are to be refused.
    static let forgeries = [
        CipherVector(
            "CAVS, decryption 2", key: "9a0343f850a6427120f764789ffec6d237447b898fbf51d2182f065d3861497d",
            nonce: "3deef6f453dd70d92143adcd", associatedData: "dbb8226a624520863db6897017b2a4f8",
            ciphertext: "e93165935ac18e3a2845d15fe31a9286", tag: "f5fc50d18766bc3d9e16dd136d45816b"),
        CipherVector(
            "CAVS, decryption 4", key: "2a765ceac97265c15209eea90bea85cd9586b972160502ff592a306dc017e6b9",
            nonce: "62c545d9d4e3c7acb66b4bf1", associatedData: "7d12474e23dc233bc6312d4d5b2deee4",
            ciphertext: "ae0594a7b66d3a958e4e6212d3288f91", tag: "ec9aa846d185cc0f43d392240cd6e2c4"),
        CipherVector(
            "CAVS, decryption 6", key: "2b44f83492c05b784b6d9405c64a0530eb9ac7fcd6d5d1f0e3d4ab015a07398b",
            nonce: "88c16315108517124ba3b280", associatedData: "af6406f8222a287ef1086a264929dfc5",
            ciphertext: "a0df8e1083853d740e80dd77e3a78d10", tag: "08d0184cb2cbec32ebbebb30fb253e74"),
    ]
}
