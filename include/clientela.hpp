// clientela for C++11 and later: the C header with values that write themselves, handles that free themselves and errors that
// are thrown. Header only; everything here is inline over clientela.h, which says what each call means.
#ifndef CLIENTELA_HPP
#define CLIENTELA_HPP

#include "clientela.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace clientela {

/// One finding of a validation.
struct Issue {
    std::string code, field, message;
};

/// What a failed call has told. Copies all of it, so it lives as long as you like.
class Error : public std::runtime_error {
public:
    Error(clientela_status status, const clientela_error *slot)
        : std::runtime_error(clientela_error_message(slot)), status_(status), code_(clientela_error_code(slot)),
          field_(clientela_error_field(slot)), hint_(clientela_error_hint(slot)), why_(clientela_error_why(slot)),
          native_(clientela_error_native(slot)), retry_(clientela_error_retry(slot) != 0)
    {
        const size_t count = clientela_error_issue_count(slot);
        for (size_t at = 0; at < count; ++at) {
            clientela_issue issue;
            CLIENTELA_INIT(&issue);
            if (clientela_error_issue(slot, at, &issue) < 0) break;
            issues_.push_back(Issue{ issue.code, issue.field, issue.message });
        }
    }
    clientela_status status() const noexcept { return status_; }
    /// The stable dotted word; the key for translations.
    const std::string &code() const noexcept { return code_; }
    const std::string &field() const noexcept { return field_; }
    const std::string &hint() const noexcept { return hint_; }
    const std::string &why() const noexcept { return why_; }
    int native() const noexcept { return native_; }
    bool retry() const noexcept { return retry_; }
    const std::vector<Issue> &issues() const noexcept { return issues_; }

private:
    clientela_status status_;
    std::string code_, field_, hint_, why_;
    int native_;
    bool retry_;
    std::vector<Issue> issues_;
};

/// An error slot for one or more calls: `Slot slot; slot.check(clientela_...(..., slot));`
class Slot {
public:
    Slot() noexcept : slot_(nullptr) {}
    ~Slot() { clientela_error_free(&slot_); }
    Slot(const Slot &) = delete;
    Slot &operator=(const Slot &) = delete;
    operator clientela_error **() noexcept { return &slot_; }
    /// Throws when the status is an error; otherwise gives it back: CLIENTELA_OK or CLIENTELA_END.
    clientela_status check(clientela_status status) const
    {
        if (status < 0) throw Error(status, slot_);
        return status;
    }

private:
    clientela_error *slot_;
};

/// A handle that frees itself. Moves, never copies.
template <typename T, void (*Free)(T *)> class Handle {
public:
    explicit Handle(T *raw = nullptr) noexcept : raw_(raw) {}
    ~Handle() { Free(raw_); }
    Handle(Handle &&other) noexcept : raw_(other.release()) {}
    Handle &operator=(Handle &&other) noexcept
    {
        if (this != &other) {
            Free(raw_);
            raw_ = other.release();
        }
        return *this;
    }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    T *get() const noexcept { return raw_; }
    T *release() noexcept
    {
        T *raw = raw_;
        raw_ = nullptr;
        return raw;
    }
    /// Where a C function puts a new handle; frees the present one first.
    T **out() noexcept
    {
        Free(release());
        return &raw_;
    }
    explicit operator bool() const noexcept { return raw_ != nullptr; }

private:
    T *raw_;
};

/// A text made on demand.
class Text : public Handle<clientela_text, clientela_text_free> {
public:
    using Handle::Handle;
    std::string text() const
    {
        size_t length = 0;
        const char *bytes = clientela_text_get(get(), &length);
        return bytes ? std::string(bytes, length) : std::string();
    }
};

using Session = Handle<clientela_session, clientela_session_free>;
using Customer = Handle<clientela_customer, clientela_customer_free>;
using Opportunity = Handle<clientela_opportunity, clientela_opportunity_free>;
using Offer = Handle<clientela_offer, clientela_offer_free>;
using Draft = Handle<clientela_draft, clientela_draft_free>;
using Import = Handle<clientela_import, clientela_import_free>;
using List = Handle<clientela_list, clientela_list_free>;
using Changes = Handle<clientela_changes, clientela_changes_free>;
using Attainments = Handle<clientela_attainments, clientela_attainments_free>;
using TargetPlan = Handle<clientela_target_plan, clientela_target_plan_free>;
using Rule = Handle<clientela_rule, clientela_rule_free>;
using RuleFindings = Handle<clientela_rule_findings, clientela_rule_findings_free>;
using Selection = Handle<clientela_selection, clientela_selection_free>;
using RuleSteps = Handle<clientela_rule_steps, clientela_rule_steps_free>;
using RuleSetAnswer = Handle<clientela_rule_set_answer, clientela_rule_set_answer_free>;
using Blob = Handle<clientela_blob, clientela_blob_free>;

/// A structure of the header, set up: `Struct<clientela_item> item; item.product = clientela_s("TRANSPORT");`
template <typename T> struct Struct : T {
    Struct() { CLIENTELA_INIT(static_cast<T *>(this)); }
};

namespace detail {
inline void close_store(clientela_store *store)
{
    clientela_error *err = nullptr;
    clientela_store_close(store, &err);
    clientela_error_free(&err);
}
} // namespace detail

/// A store that is closed at its end. Close it by hand to hear whether the last changes have reached the disk.
class Store : public Handle<clientela_store, detail::close_store> {
public:
    using Handle::Handle;
    void close()
    {
        Slot slot;
        slot.check(clientela_store_close(release(), slot));
    }
};

/// Whether the library that was loaded serves programs compiled with this header.
inline bool abi_matches() noexcept
{
    const uint32_t library = clientela_abi_version();
    // Below 1.0 the minor number counts as the major one.
    if (CLIENTELA_VERSION_MAJOR == 0) return library == CLIENTELA_ABI;
    return library >> 16 == CLIENTELA_ABI >> 16 && library >= CLIENTELA_ABI;
}

namespace detail {
template <size_t Size, typename Format> std::string written(Format format)
{
    char buffer[Size];
    Slot slot;
    slot.check(format(buffer, Size, static_cast<clientela_error **>(slot)));
    return buffer;
}
} // namespace detail

/// The id of a record.
class Id {
public:
    Id() noexcept : raw_() {}
    explicit Id(const clientela_id &raw) noexcept : raw_(raw) {}
    static Id parse(const std::string &text)
    {
        Id made;
        Slot slot;
        slot.check(clientela_id_parse(text.c_str(), &made.raw_, slot));
        return made;
    }
    std::string text() const
    {
        return detail::written<CLIENTELA_ID_TEXT>(
            [this](char *to, size_t size, clientela_error **err) { return clientela_id_format(&raw_, to, size, err); });
    }
    bool is_none() const noexcept { return *this == Id(); }
    const clientela_id &raw() const noexcept { return raw_; }
    friend bool operator==(const Id &a, const Id &b) noexcept { return memcmp(&a.raw_, &b.raw_, sizeof a.raw_) == 0; }
    friend bool operator!=(const Id &a, const Id &b) noexcept { return !(a == b); }

private:
    clientela_id raw_;
};

/// An exact number without a currency.
class Decimal {
public:
    explicit Decimal(int64_t coef = 0, int32_t scale = 0) noexcept : raw_{ coef, scale, 0 } {}
    explicit Decimal(const clientela_decimal &raw) noexcept : raw_(raw) {}
    static Decimal parse(const std::string &text)
    {
        Decimal made;
        Slot slot;
        slot.check(clientela_decimal_parse(text.c_str(), &made.raw_, slot));
        return made;
    }
    std::string text() const
    {
        return detail::written<CLIENTELA_DECIMAL_TEXT>(
            [this](char *to, size_t size, clientela_error **err) { return clientela_decimal_format(&raw_, to, size, err); });
    }
    const clientela_decimal &raw() const noexcept { return raw_; }

private:
    clientela_decimal raw_;
};

/// An exact amount. Amounts of two currencies are never combined: that throws.
class Money {
public:
    Money(int64_t coef, int32_t scale, const char *currency) noexcept : raw_(clientela_amount(coef, scale, currency)) {}
    explicit Money(const clientela_money &raw) noexcept : raw_(raw) {}
    static Money parse(const std::string &text, const std::string &currency)
    {
        Slot slot;
        clientela_money raw;
        slot.check(clientela_money_parse(text.c_str(), currency.c_str(), &raw, slot));
        return Money(raw);
    }
    std::string text() const
    {
        return detail::written<CLIENTELA_MONEY_TEXT>(
            [this](char *to, size_t size, clientela_error **err) { return clientela_money_format(&raw_, to, size, err); });
    }
    /// Below 0, 0 or above 0 when this is less than, equal to or more than the other.
    int compare(const Money &other) const
    {
        Slot slot;
        int32_t order = 0;
        slot.check(clientela_money_compare(&raw_, &other.raw_, &order, slot));
        return order;
    }
    const clientela_money &raw() const noexcept { return raw_; }
    friend Money operator+(Money left, const Money &right)
    {
        Slot slot;
        slot.check(clientela_money_add(&left.raw_, &right.raw_, &left.raw_, slot));
        return left;
    }
    friend Money operator-(Money left, const Money &right)
    {
        Slot slot;
        slot.check(clientela_money_subtract(&left.raw_, &right.raw_, &left.raw_, slot));
        return left;
    }
    /// 1.5 EUR equals 1.50 EUR; amounts of two currencies are different, which does not throw.
    friend bool operator==(const Money &a, const Money &b)
    {
        return memcmp(a.raw_.currency, b.raw_.currency, sizeof a.raw_.currency) == 0 && a.compare(b) == 0;
    }
    friend bool operator!=(const Money &a, const Money &b) { return !(a == b); }
    friend bool operator<(const Money &a, const Money &b) { return a.compare(b) < 0; }
    friend bool operator>(const Money &a, const Money &b) { return a.compare(b) > 0; }
    friend bool operator<=(const Money &a, const Money &b) { return a.compare(b) <= 0; }
    friend bool operator>=(const Money &a, const Money &b) { return a.compare(b) >= 0; }

private:
    clientela_money raw_;
};

/// The day written as "2026-03-31".
inline clientela_date date(const std::string &text)
{
    Slot slot;
    clientela_date made = CLIENTELA_NO_DATE;
    slot.check(clientela_date_parse(text.c_str(), &made, slot));
    return made;
}

/// The day as text, empty for none.
inline std::string date_text(clientela_date day)
{
    return detail::written<CLIENTELA_DATE_TEXT>(
        [day](char *to, size_t size, clientela_error **err) { return clientela_date_format(day, to, size, err); });
}

/// The moment written as RFC 3339 asks.
inline clientela_time time(const std::string &text)
{
    Slot slot;
    clientela_time made = CLIENTELA_NO_TIME;
    slot.check(clientela_time_parse(text.c_str(), &made, slot));
    return made;
}

/// The moment in UTC as text, empty for none.
inline std::string time_text(clientela_time at)
{
    return detail::written<CLIENTELA_TIME_TEXT>(
        [at](char *to, size_t size, clientela_error **err) { return clientela_time_format(at, to, size, err); });
}

} // namespace clientela

#endif // CLIENTELA_HPP
