using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using System.Windows.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using UnityEngine;

namespace Billing.Services
{
    /// <summary>
    /// Creates and stores invoices.
    /// </summary>
    public interface IInvoiceService
    {
        Task<Invoice> CreateAsync(int customerId, IEnumerable<InvoiceLine> lines, CancellationToken token = default);
        decimal GetBalance(int customerId);
    }

    public enum InvoiceState { Draft = 0, Sent = 1, Paid = 2, Overdue = 4 }

    public struct InvoiceLine
    {
        public string Text;
        public int Quantity;
        public decimal UnitPrice;
    }

    public class Invoice : INotifyPropertyChanged, IDisposable
    {
        private InvoiceState _state;

        public event PropertyChangedEventHandler PropertyChanged;

        public int Id { get; private set; }
        public DateTime Created { get; set; } = DateTime.UtcNow;
        public virtual ICollection<InvoiceLine> Lines { get; } = new List<InvoiceLine>();
        public decimal Total => Lines.Sum(l => l.Quantity * l.UnitPrice);

        public InvoiceState State
        {
            get { return _state; }
            set
            {
                if (_state != value)
                {
                    _state = value;
                    PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(State)));
                }
            }
        }

        public void Dispose()
        {
            Lines.Clear();
            GC.SuppressFinalize(this);
        }

        public override string ToString()
        {
            return $"Invoice {Id:D6} ({State}): {Total:C}";
        }
    }

    [Serializable]
    public class InvoiceException : Exception
    {
        public InvoiceException(string message, Exception inner = null) : base(message, inner) { }
    }

    internal sealed class InvoiceService : IInvoiceService
    {
        private static readonly Regex CodePattern = new Regex(@"^[A-Z]{2}-\d+$", RegexOptions.Compiled);
        private readonly BillingContext _context;
        private readonly ILogger<InvoiceService> _logger;
        private readonly object _sync = new object();

        public InvoiceService(BillingContext context, ILogger<InvoiceService> logger)
        {
            _context = context ?? throw new ArgumentNullException(nameof(context));
            _logger = logger;
        }

        public async Task<Invoice> CreateAsync(int customerId, IEnumerable<InvoiceLine> lines, CancellationToken token)
        {
            var customer = await _context.Customers.FirstOrDefaultAsync(c => c.Id == customerId, token);
            if (customer == null)
                throw new InvoiceException("Unknown customer " + customerId);

            var invoice = new Invoice { State = InvoiceState.Draft };
            foreach (var line in lines.Where(l => l.Quantity > 0).OrderBy(l => l.Text))
            {
                invoice.Lines.Add(line);
            }

            _context.Invoices.Add(invoice);
            await _context.SaveChangesAsync(token).ConfigureAwait(false);
            _logger.LogInformation("Created invoice {Id} for {Customer}", invoice.Id, customer.Name);
            return invoice;
        }

        public decimal GetBalance(int customerId)
        {
            lock (_sync)
            {
                var query = from i in _context.Invoices
                            where i.CustomerId == customerId && i.State != InvoiceState.Paid
                            group i by i.Currency into g
                            select new { g.Key, Sum = g.Sum(x => x.Total) };
                return query.ToDictionary(q => q.Key, q => q.Sum).Values.Sum();
            }
        }

        public void Export(string path)
        {
            #region Export to text
            try
            {
                using (StreamWriter writer = new StreamWriter(path, false, Encoding.UTF8))
                {
                    writer.WriteLine(string.Join(";", "Id", "State", "Total"));
                    for (int i = 0; i < _context.Invoices.Count(); i++)
                        writer.WriteLine("{0};{1}", i, Environment.NewLine);
                }
            }
            catch (IOException ex) when (ex.HResult != 0)
            {
                Debug.WriteLine(ex.Message);
                MessageBox.Show("Could not write file", "Error", MessageBoxButtons.OK, MessageBoxIcon.Error);
            }
            #endregion
        }
    }

    [ApiController, Route("api/[controller]")]
    public class InvoicesController : ControllerBase
    {
        [HttpGet("{id:int}")]
        public ActionResult<Invoice> Get(int id, [FromServices] BillingContext db)
            => db.Invoices.Find(id) is Invoice found ? Ok(found) : (ActionResult)NotFound();
    }

    public class PlayerController : MonoBehaviour
    {
        [SerializeField] private float speed = 5f;
        private Rigidbody rb;

        void Start() { rb = GetComponent<Rigidbody>(); }

        void Update()
        {
            float h = Input.GetAxis("Horizontal");
            transform.Translate(Vector3.right * h * speed * Time.deltaTime);
        }
    }

    static class Program
    {
        [STAThread]
        static int Main(string[] args)
        {
            Console.WriteLine("Hello, {0}!", args.Length > 0 ? args[0] : "world");
            Console.ReadKey();
            return 0;
        }
    }
}
