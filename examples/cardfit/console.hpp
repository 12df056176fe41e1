// SPDX-License-Identifier: MIT
#pragma once

// Where a command reads its input and prints its answer, and what its flags chose for all parts of the tool. The
// program has the streams of the process. A caller of run_command (run.hpp), such as the C interface, has
// streams of its own, and any number of callers may run commands at the same time, each on its own thread.

#include <unistd.h>

#include <any>
#include <csignal>
#include <istream>
#include <map>
#include <ostream>
#include <typeindex>
#include <typeinfo>

namespace tool {

/// The streams of one run of a command, and the choices of its flags by their type.
struct console {
    std::istream& input;
    std::ostream& output;
    std::ostream& errors;
    /// True for the streams of the process: they may be a terminal, and Ctrl-C may stop the command.
    bool of_process = false;
    std::map<std::type_index, std::any> choices{};
};

namespace detail {

/// Returns the console of the command that runs on this thread; null outside of a run.
[[nodiscard]] inline console*& current_console() {
    thread_local console* current = nullptr;
    return current;
}

}  // namespace detail

/// Makes a console that of the commands on this thread, until the end of the scope.
class console_scope {
public:
    explicit console_scope(console& own) : outer_(detail::current_console()) { detail::current_console() = &own; }
    console_scope(const console_scope&) = delete;
    console_scope& operator=(const console_scope&) = delete;
    ~console_scope() { detail::current_console() = outer_; }

private:
    console* outer_;
};

[[nodiscard]] inline std::istream& input() { return detail::current_console()->input; }
[[nodiscard]] inline std::ostream& output() { return detail::current_console()->output; }
[[nodiscard]] inline std::ostream& errors() { return detail::current_console()->errors; }

/// Returns true if a stream of the process (STDOUT_FILENO, STDERR_FILENO) is a terminal that this run prints to.
[[nodiscard]] inline bool is_terminal(int stream) {
    return detail::current_console()->of_process && isatty(stream) == 1;
}

/// Returns what the flags of this run chose, as a value of type Choice. Every run starts with Choice{}. Each choice
/// has a type of its own.
template <class Choice>
[[nodiscard]] Choice& of_this_run() {
    std::any& value = detail::current_console()->choices[typeid(Choice)];
    if (!value.has_value()) value.emplace<Choice>();
    return *std::any_cast<Choice>(&value);
}

namespace detail {

inline volatile std::sig_atomic_t interrupted = 0;
extern "C" inline void note_interrupt(int) { interrupted = 1; }

/// Says that the program was stopped, and ends it as the signal does, so that a loop of the shell ends too.
extern "C" inline void leave_on_interrupt(int signal) {
    constexpr char message[] = "cardfit: stopped\n";
    static_cast<void>(!write(STDERR_FILENO, message, sizeof message - 1));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

}  // namespace detail

/// Lets Ctrl-C end the program with a message, unless the caller of the program ignores it.
inline void say_when_interrupted() {
    if (std::signal(SIGINT, detail::leave_on_interrupt) == SIG_IGN) std::signal(SIGINT, SIG_IGN);
}

/// Notes Ctrl-C until the end of the scope, so that a search can stop and print the best so far. A run for another
/// caller than the program leaves the signals of the process alone.
class interrupt_scope {
public:
    interrupt_scope() {
        if (!notes_) return;
        before_ = std::signal(SIGINT, detail::note_interrupt);
        if (before_ == SIG_IGN) std::signal(SIGINT, SIG_IGN);
    }
    interrupt_scope(const interrupt_scope&) = delete;
    interrupt_scope& operator=(const interrupt_scope&) = delete;
    ~interrupt_scope() {
        if (notes_) std::signal(SIGINT, before_);
    }

private:
    bool notes_ = detail::current_console()->of_process;
    void (*before_)(int) = SIG_DFL;
};

/// Returns true if Ctrl-C asked this run to stop.
[[nodiscard]] inline bool is_interrupted() { return detail::current_console()->of_process && detail::interrupted != 0; }

}  // namespace tool
