// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are a text that a reader of other tools' commands and files reads, or an input_error. The
// first byte chooses the reader. Built by clang++ -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/import/account_text.hpp>

#include <cstdlib>
#include <string>

namespace {

namespace imports = cardfit::io::imports;

/// Reads a text as a command of one tool, and its settings' text.
void read_command(const std::string& text) {
    const imports::shell_script script = imports::read_shell(text);
    for (const imports::shell_command& each : script.commands) {
        const imports::import_options options{.card = "h100-sxm5-80gb", .place = {"/nonexistent"}};
        static_cast<void>(imports::account_text(imports::import_command(each.words, options)));
    }
}

void read(char reader, const std::string& text) {
    switch (reader % 7) {
        case 0:
            static_cast<void>(imports::settings_of(imports::document_of(text, "x.yaml"), "x.yaml"));
            return;
        case 1:
            static_cast<void>(imports::settings_of(imports::document_of(text, "x.toml"), "x.toml"));
            return;
        case 2:
            static_cast<void>(imports::settings_of(imports::document_of(text, "x.json"), "x.json"));
            return;
        case 3:
            static_cast<void>(imports::read_shell(text));
            return;
        case 4:
            static_cast<void>(imports::read_python(text, "x.py"));
            return;
        case 5:
            for (const imports::detail::container& each :
                 imports::detail::containers_of(imports::documents_of(text, "x.yaml")))
                static_cast<void>(imports::detail::command_of(each));
            return;
        default:
            read_command(text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    try {
        read(static_cast<char>(data[0] & 0x7F), std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    } catch (const cardfit::io::input_error& e) {
        // The input is refused, and the message says why.
        if (e.problems().empty() || e.problems().front().key.empty()) std::abort();
    }
    return 0;
}
