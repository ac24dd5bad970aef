#!/usr/bin/env ruby
# frozen_string_literal: true

require 'json'
require 'yaml'
require 'optparse'
require 'fileutils'
require 'net/http'
require_relative 'lib/units'

module Recipes
  VERSION = '0.2.0'.freeze

  class ParseError < StandardError; end

  Ingredient = Struct.new(:amount, :unit, :name) do
    def to_s
      [amount, unit, name].compact.join(' ')
    end

    def *(factor)
      self.class.new(amount && amount * factor, unit, name)
    end
  end

  # A recipe is a title, a list of ingredients and the steps.
  class Recipe
    include Comparable
    extend Forwardable

    attr_reader :title, :ingredients
    attr_accessor :steps, :servings

    def_delegators :@ingredients, :each, :size, :empty?

    def self.parse(text)
      lines = text.each_line.map(&:chomp)
      raise ParseError, 'empty recipe' if lines.empty?

      new(lines.shift).tap do |r|
        lines.each do |line|
          case line
          when /\A\s*\z/, /^#/ then next
          when /^-\s*(?<amount>[\d.]+)\s+(?<unit>g|kg|ml|l|cup)s?\s+(?<name>.+)$/
            r << Ingredient.new($~[:amount].to_f, $~[:unit].to_sym, $~[:name])
          else
            r.steps << line.strip
          end
        end
      end
    end

    def initialize(title, servings: 4)
      @title = title
      @servings = servings
      @ingredients = []
      @steps = []
      yield self if block_given?
    end

    def <<(ingredient)
      @ingredients << ingredient
      self
    end

    def <=>(other)
      title.downcase <=> other.title.downcase
    end

    def scale(people)
      factor = people.to_f / servings
      ingredients.map { |i| i * factor }
    end

    def to_h
      { title: @title, servings: @servings, steps: @steps, ingredients: @ingredients.map(&:to_h) }
    end

    private

    def method_missing(name, *args, &block)
      return @steps[name.to_s[/\d+/].to_i - 1] if name =~ /^step_\d+$/
      super
    end

    def respond_to_missing?(name, include_private = false)
      name.to_s.start_with?('step_') || super
    end
  end
end

if __FILE__ == $PROGRAM_NAME
  options = { format: :text, people: nil }
  OptionParser.new do |opts|
    opts.banner = "Usage: #{File.basename($0)} [options] FILE..."
    opts.on('-j', '--json', 'Print JSON') { options[:format] = :json }
    opts.on('-p', '--people N', Integer, 'Scale for N people') { |n| options[:people] = n }
    opts.on_tail('-h', '--help') { puts opts; exit }
  end.parse!

  begin
    recipes = ARGV.map { |f| Recipes::Recipe.parse(File.read(f)) }.sort
  rescue Errno::ENOENT, Recipes::ParseError => e
    abort "error: #{e.message}"
  ensure
    $stdout.sync = true
  end

  recipes.each_with_index do |recipe, idx|
    if options[:format] == :json
      puts JSON.pretty_generate(recipe.to_h)
    else
      puts "#{idx + 1}. #{recipe.title}"
      (options[:people] ? recipe.scale(options[:people]) : recipe.ingredients).each { |i| puts "   * #{i}" }
      puts unless recipe.empty?
    end
  end
end

class User < ActiveRecord::Base
  has_many :comments, dependent: :destroy
  belongs_to :group
  validates :email, presence: true, uniqueness: { case_sensitive: false }
  before_save { self.email = email.downcase }
  scope :active, -> { where(active: true).order('created_at DESC') }
end

describe Recipes::Recipe do
  let(:recipe) { described_class.new('Soup') }

  context 'when new' do
    it { expect(recipe).to be_empty }
    it 'has a default number of servings' do
      expect(recipe.servings).to eq 4
    end
  end
end
