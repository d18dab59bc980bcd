//! Settings that are one name out of a few: the enums and their names, side by side.

/// Declares an enum together with the names that stand for its variants in the file and the environment.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// The names, in order.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The variant with this exact name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The name as it is typed.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

choice! {
    /// Which of a dialect's two truths is spoken where they differ.
    Wire {
        /// What the published document promises.
        Documented = "documented",
        /// What the product that runs in the field really answers.
        Deployed = "deployed",
    }
}

choice! {
    /// How far a dialect's "all" calls reach.
    Scope {
        /// The sessions opened by this dialect.
        Dialect = "dialect",
        /// Every session of the account, by whatever door.
        Account = "account",
    }
}

choice! {
    /// What an internal token calls its user.
    Subject {
        /// The UUID.
        Uuid = "uuid",
        /// The username.
        Username = "username",
    }
}

choice! {
    /// How internal tokens are signed; the names are those of RFC 7518 and RFC 8037.
    TokenAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// ECDSA on P-256 with SHA-256.
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
}

choice! {
    /// The instructions that passwords are hashed with.
    Argon2Backend {
        /// The fastest that the machine has.
        Auto = "auto",
        /// AVX-512.
        Avx512 = "avx512",
        /// AVX2.
        Avx2 = "avx2",
        /// No vector instructions by name.
        Portable = "portable",
    }
}

choice! {
    /// How a log line looks.
    LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

choice! {
    /// The least important log lines that are written.
    LogLevel {
        /// None at all, not even the request line.
        Off = "off",
        /// What needs a person.
        Error = "error",
        /// What may need one.
        Warn = "warn",
        /// One line a request, and what happens seldom.
        Info = "info",
        /// What helps to find a fault.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}
