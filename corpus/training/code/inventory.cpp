// inventory.cpp
//
// Copyright 2015 The Inventory Authors. All rights reserved.
// Use of this source code is governed by the MIT license found in LICENSE.

#include "inventory.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inv {

namespace {

constexpr std::size_t kMaxNameLength = 64;
const char* const kDefaultFile = "inventory.csv";

std::vector<std::string> split(const std::string& text, char sep) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  std::string part;
  while (std::getline(in, part, sep)) {
    parts.push_back(part);
  }
  return parts;
}

template <typename T>
T parse(const std::string& s) {
  std::istringstream iss(s);
  T value{};
  if (!(iss >> value)) {
    throw std::invalid_argument("cannot parse value: '" + s + "'");
  }
  return value;
}

}  // namespace

class Item {
 public:
  Item() = default;
  Item(std::string name, int quantity, double price)
      : name_(std::move(name)), quantity_(quantity), price_(price) {
    if (name_.size() > kMaxNameLength) throw std::length_error("name too long");
  }
  virtual ~Item() = default;

  Item(const Item&) = default;
  Item& operator=(const Item&) = default;
  Item(Item&&) noexcept = default;
  Item& operator=(Item&&) noexcept = default;

  const std::string& name() const noexcept { return name_; }
  int quantity() const { return quantity_; }
  [[nodiscard]] double total() const { return quantity_ * price_; }
  virtual void print(std::ostream& os) const;

  friend bool operator<(const Item& a, const Item& b) { return a.name_ < b.name_; }
  friend bool operator==(const Item& a, const Item& b) {
    return std::tie(a.name_, a.quantity_) == std::tie(b.name_, b.quantity_);
  }

 private:
  std::string name_;
  int quantity_ = 0;
  double price_ = 0.0;
};

void Item::print(std::ostream& os) const {
  os << std::left << std::setw(20) << name_ << std::right << std::setw(6)
     << quantity_ << std::fixed << std::setprecision(2) << std::setw(10)
     << price_;
}

std::ostream& operator<<(std::ostream& os, const Item& item) {
  item.print(os);
  return os;
}

enum class Event { Added, Removed, Changed };

class Store : public std::enable_shared_from_this<Store> {
 public:
  using Ptr = std::shared_ptr<Store>;
  using Callback = std::function<void(Event, const Item&)>;

  static Ptr create() { return std::make_shared<Store>(); }

  void add(std::unique_ptr<Item> item) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto [it, inserted] = items_.try_emplace(item->name(), nullptr);
    it->second = std::move(item);
    notify(inserted ? Event::Added : Event::Changed, *it->second);
  }

  template <typename... Args>
  Item& emplace(Args&&... args) {
    auto item = std::make_unique<Item>(std::forward<Args>(args)...);
    Item& ref = *item;
    add(std::move(item));
    return ref;
  }

  std::optional<Item> find(std::string_view name) const {
    std::unique_lock lock(mutex_);
    if (auto it = items_.find(std::string(name)); it != items_.end()) {
      return *it->second;
    }
    return std::nullopt;
  }

  std::size_t size() const { return items_.size(); }

  double value() const {
    return std::accumulate(items_.begin(), items_.end(), 0.0,
                           [](double sum, const auto& kv) { return sum + kv.second->total(); });
  }

  void subscribe(Callback cb) { callbacks_.emplace_back(std::move(cb)); }

  void load(const std::string& path = kDefaultFile) {
    std::ifstream in(path);
    if (!in.is_open()) {
      throw std::runtime_error("could not open " + path);
    }
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line.front() == '#') continue;
      const auto fields = split(line, ',');
      if (fields.size() != 3) {
        std::cerr << "warning: ignoring malformed line: " << line << '\n';
        continue;
      }
      emplace(fields[0], parse<int>(fields[1]), parse<double>(fields[2]));
    }
  }

 private:
  void notify(Event ev, const Item& item) {
    for (const auto& cb : callbacks_) cb(ev, item);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Item>> items_;
  std::vector<Callback> callbacks_;
};

}  // namespace inv

int main(int argc, char** argv) try {
  auto store = inv::Store::create();
  store->subscribe([](inv::Event ev, const inv::Item& item) {
    switch (ev) {
      case inv::Event::Added:
        std::cout << "+ " << item << std::endl;
        break;
      case inv::Event::Removed:
        std::cout << "- " << item.name() << std::endl;
        break;
      default:
        break;
    }
  });
  store->load(argc > 1 ? argv[1] : "items.csv");

  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) {
    workers.emplace_back([i, store] {
      store->emplace("worker-" + std::to_string(i), static_cast<int>(i), 1.5);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    });
  }
  for (auto& t : workers) t.join();

  std::cout << "Total value: " << store->value() << "\n";
  return EXIT_SUCCESS;
} catch (const std::exception& e) {
  std::cerr << "fatal: " << e.what() << std::endl;
  return EXIT_FAILURE;
}
